/// One writer per project, with a message that names who holds the lock.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "store/disk.h"

namespace assay::store {

/// Holds `.assay/lock` by flock until destroyed; a killed process frees it by itself.
class Lock {
 public:
  /// `verb` is what the holder does (`run`); who comes second is told it, and where it runs.
  static Result<Lock> Take(const std::filesystem::path& root, const std::string& verb,
                           const Clock& clock, Disk& disk = SystemDisk());
  Lock(Lock&&) noexcept = default;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

 private:
  explicit Lock(std::unique_ptr<DiskFile> file) : file_(std::move(file)) {}
  std::unique_ptr<DiskFile> file_;
};

}  // namespace assay::store
