/// A table sorted by all columns, for what depends on the order of rows: one thread that reads it
/// gives the same answer on every machine.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "run/workspace.h"
#include "store/table.h"

namespace assay::run {

/// A file in `staging/` that goes when this does.
class SortedInput {
 public:
  SortedInput(std::filesystem::path path, std::string columns)
      : path_(std::move(path)), columns_(std::move(columns)) {}
  SortedInput(SortedInput&& other) noexcept
      : path_(std::exchange(other.path_, {})), columns_(std::move(other.columns_)) {}
  SortedInput& operator=(SortedInput&&) = delete;
  ~SortedInput();

  const std::filesystem::path& path() const { return path_; }
  /// Table expression over the sorted rows.
  std::string table() const;

 private:
  std::filesystem::path path_;
  std::string columns_;  ///< as a reader sees them
};

/// Sorts with all threads and the spill folder, so the table may be larger than memory.
/// `table` is a table expression of `engine`; with `placed` it has `file_index` and
/// `file_row_number` behind the columns, and so have the sorted rows.
Result<SortedInput> SortInput(Workspace& workspace, engine::Engine& engine,
                              const std::string& table, const Schema& schema, bool placed);

}  // namespace assay::run
