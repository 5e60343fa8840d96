/// One writer per project, with a message that names who holds the lock.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace assay::store {

/// Holds `.assay/lock` by flock until destroyed; a killed process frees it by itself.
class Lock {
 public:
  /// `verb` is what the holder does (`run`); who comes second is told it, and where it runs.
  static Result<Lock> Take(const std::filesystem::path& root, const std::string& verb,
                           const Clock& clock);
  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

 private:
  explicit Lock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace assay::store
