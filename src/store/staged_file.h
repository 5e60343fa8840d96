/// A file in `staging/` that does not outlive the attempt to write it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <utility>

namespace assay::store {

/// A name for a file; what still has that name at the end is removed. A file that was moved to its
/// place has it no more, so nothing needs to be said where all went well.
class StagedFile {
 public:
  explicit StagedFile(std::filesystem::path path) : path_(std::move(path)) {}
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile() { ::unlink(path_.c_str()); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace assay::store
