/// Where a person's program works, and what it said.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace assay::run {

/// A folder in `staging/` that goes, with all in it, when this does.
class WorkFolder {
 public:
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder();

  const std::filesystem::path& path() const { return path_; }
  /// A folder within it.
  Result<std::filesystem::path> Make(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

/// The last lines of a program's output: at most 20, and 4 KiB.
std::string LogTail(const std::filesystem::path& log);

}  // namespace assay::run
