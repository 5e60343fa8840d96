/// A file of feedback as a Parquet file whose rows are the file's in order, not yet checked.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/type.h"
#include "engine/engine.h"

namespace assay::feedback {

struct RawFile {
  /// The file's bytes, where the engine may read; the suffix tells what they are.
  std::filesystem::path staged;
  std::string location;  ///< its name in errors
};

/// Writes the rows of `file` to `raw`; cells of the columns in `as_text` stay text where the format
/// has no types. Rows that cannot be read at all refuse the file (kData), with their number.
/// Returns the columns.
Result<Schema> WriteRawRows(engine::Engine& engine, const RawFile& file,
                            const std::vector<std::string>& as_text,
                            const std::filesystem::path& raw);

/// `p.csv is refused: 3 of 10 rows are wrong`, then the first of them, one a line.
struct WrongRow {
  std::string row, reason;
};
Error Refusal(const std::string& location, const std::string& wrong, const std::string& all,
              const std::vector<WrongRow>& first);

/// How many wrong rows are told.
inline constexpr int kTold = 5;

}  // namespace assay::feedback
