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
  explicit SortedInput(std::filesystem::path path) : path_(std::move(path)) {}
  SortedInput(SortedInput&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SortedInput& operator=(SortedInput&&) = delete;
  ~SortedInput();

  const std::filesystem::path& path() const { return path_; }
  /// Table expression over the sorted rows.
  std::string table() const;

 private:
  std::filesystem::path path_;
};

/// Sorts with all threads and the spill folder, so the table may be larger than memory.
/// `table` is a table expression of `engine`.
Result<SortedInput> SortInput(Workspace& workspace, engine::Engine& engine,
                              const std::string& table, const Schema& schema);

}  // namespace assay::run
