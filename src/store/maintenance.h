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
  std::uint64_t node_results = 0;  ///< kept results of nodes that are forgotten
};

/// Mark and sweep. Kept is what commits that refs reach name (parents, files, profiles, recipes'
/// files, receipts), what quarantine tables name, what the newest result of each node and the one
/// in use name, and whatever is younger than `grace_seconds`: commits, results, objects. Older
/// results of nodes are forgotten; a run that wants one makes it again. Deletes nothing with
/// `dry_run`, and reports the same.
Result<GcReport> CollectGarbage(Catalog& catalog, ObjectStore& objects, const Clock& clock,
                                std::int64_t grace_seconds, bool dry_run);

}  // namespace assay::store
