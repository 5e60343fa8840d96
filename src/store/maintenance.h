/// Checks and sweeps of a whole store: `assay dataset verify` and `assay dataset gc`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/catalog.h"
#include "store/object_store.h"

namespace assay::store {

struct VerifyReport {
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
  std::uint64_t commits = 0;
  std::vector<std::string> problems;  ///< each names the object or commit and what is wrong
};

/// Re-hashes every object, re-reads every commit (canonical text, version id recomputed from it,
/// files present), and checks that every ref points at a commit and every named object is there.
Result<VerifyReport> Verify(Catalog& catalog, const ObjectStore& objects);

struct GcReport {
  std::uint64_t kept = 0, kept_bytes = 0;
  std::vector<std::string> swept;
  std::uint64_t swept_bytes = 0;
};

/// Mark and sweep: what commits that a ref or a commit's parents reach, their files, profiles,
/// recipes' files and receipts, node results, quarantine rows name is kept, and whatever is younger
/// than `grace_seconds`. Deletes nothing with `dry_run`.
Result<GcReport> CollectGarbage(Catalog& catalog, ObjectStore& objects, const Clock& clock,
                                std::int64_t grace_seconds, bool dry_run);

}  // namespace assay::store
