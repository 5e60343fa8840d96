/// Files of predictions or outcomes become batches: read, checked whole, kept as one canonical
/// Parquet object each. Memory does not grow with a file: it is read by the engine, which spills.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "contract/project.h"
#include "run/session.h"

namespace assay::feedback {

struct Imported {
  std::string location;  ///< the file, below the project's folder where it lies there
  std::string kind;      ///< `prediction` or `outcome`
  std::uint64_t rows = 0;
  bool is_new = true;
  std::string created_at;  ///< when the batch came
};

/// Imports one file (`.parquet`, `.csv`, `.jsonl`, `.ndjson`) into a stream; what it is, is told by
/// its columns unless `kind` says it. Columns: `id` (text or whole numbers), `time` (a moment; UTC
/// where no zone is told) under the names the stream declares; then `prediction`, `score` in [0,
/// 1], `model` and features, or `outcome`. Any wrong row refuses the whole file (kData), with how
/// many there are and the first five. The same file again adds nothing. `name` is what messages and
/// the list of batches call it, where its path would tell nobody anything.
///
/// The caller holds the store's lock and has made the store.
Result<Imported> ImportFile(run::Session& session, const contract::FeedbackStream& stream,
                            const std::filesystem::path& file, const std::string& kind,
                            const std::string& name = "");

}  // namespace assay::feedback
