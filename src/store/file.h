/// Files by descriptor, for what streams cannot do: fsync, flock, and errors that say why.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace assay::store {

/// An open file or folder; closed on destruction, and when the process runs another program.
class File {
 public:
  /// `flags` are those of open(2).
  static Result<File> Open(const std::filesystem::path& path, int flags, unsigned mode = 0644);
  File(File&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
  File& operator=(File&&) = delete;
  ~File();

  int descriptor() const { return descriptor_; }
  /// Reads up to `size` bytes; 0 at the end.
  Result<std::size_t> Read(char* buffer, std::size_t size);
  Status Write(std::string_view bytes);
  Result<struct stat> Stat() const;
  Status SetMode(unsigned mode);
  Status Sync();

 private:
  File(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_;
  std::filesystem::path path_;
};

/// The error (kIo) of a failed system call: `no such file: PATH`, `disk is full: PATH`.
/// `doing` is used where the number says little: `cannot read (input/output error): PATH`.
Error SystemError(int number, const std::string& doing, const std::filesystem::path& path);

}  // namespace assay::store
