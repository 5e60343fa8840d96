/// What a source's `write` and `receipt` make of the rows that its kind reads (docs/design/0008).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/project.h"
#include "engine/engine.h"
#include "run/source_files.h"
#include "source/source.h"

namespace assay::run {

/// The engine's table with all rows that a merge chose from, each with its `_assay_file_index`.
inline constexpr char kMergedTable[] = "_assay_merged";

/// The rows of a source as they are stored.
struct LoadedRows {
  source::SourceRead read;
  /// Of a merge: rows of each file before it. `read.indexed_query` ends in `_assay_row_id` then,
  /// the number of the row among all rows of all files, from 0, in place of the file's index.
  std::vector<std::uint64_t> rows_of_files;
};

/// Adds the columns of the receipt, and of rows with one key keeps the newest, or with `history`
/// each that is not as the one before. Rows without a key stay. Unknown columns are errors with the
/// nearest one.
Result<LoadedRows> LoadRows(engine::Engine& engine, source::SourceRead read,
                            const contract::Declared& source, const SourceFiles& files);

}  // namespace assay::run
