/// A file in `staging/` that does not outlive the attempt to write it.
#pragma once

#include <filesystem>
#include <utility>

#include "store/disk.h"

namespace assay::store {

/// A name for a file; what still has that name at the end is removed. A file that was moved to its
/// place has it no more, so nothing needs to be said where all went well.
class StagedFile {
 public:
  explicit StagedFile(std::filesystem::path path, Disk& disk = SystemDisk())
      : path_(std::move(path)), disk_(&disk) {}
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  /// What cannot be removed is left to the next run, which empties `staging/`.
  ~StagedFile() { (void)disk_->Remove(path_).ok(); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Disk* disk_;
};

}  // namespace assay::store
