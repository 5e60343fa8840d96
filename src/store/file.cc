#include "store/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <system_error>

namespace assay::store {

namespace fs = std::filesystem;

Result<File> File::Open(const fs::path& path, int flags, unsigned mode) {
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return SystemError(errno, "open", path);
  return File(descriptor, path);
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::size_t> File::Read(char* buffer, std::size_t size) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return SystemError(errno, "read", path_);
  }
}

Status File::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError(errno, "write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<struct stat> File::Stat() const {
  struct stat facts {};
  if (::fstat(descriptor_, &facts) != 0) return SystemError(errno, "look at", path_);
  return facts;
}

Status File::SetMode(unsigned mode) {
  if (::fchmod(descriptor_, mode) != 0) return SystemError(errno, "change the mode of", path_);
  return {};
}

Status File::Sync() {
  if (::fsync(descriptor_) != 0) return SystemError(errno, "write", path_);
  return {};
}

Error SystemError(int number, const std::string& doing, const fs::path& path) {
  const std::string where = ": " + path.string();
  switch (number) {
    case ENOENT:
      return Error{ErrorCode::kIo, "no such file or folder" + where, ""};
    case EACCES:
    case EPERM:
      return Error{ErrorCode::kIo, "cannot " + doing + " (permission denied)" + where,
                   "check who owns it and its mode"};
    case EROFS:
      return Error{ErrorCode::kIo, "cannot " + doing + " (read-only file system)" + where,
                   "make it writable, or work on a copy of the project"};
    case ENOSPC:
      return Error{ErrorCode::kIo, "disk is full" + where,
                   "free some space and start again; what is recorded is not lost"};
    case EDQUOT:
      return Error{ErrorCode::kIo, "disk quota is used up" + where,
                   "free some space and start again; what is recorded is not lost"};
    default:
      break;
  }
  std::string reason = std::generic_category().message(number);
  if (!reason.empty()) {
    reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  }
  return Error{ErrorCode::kIo, "cannot " + doing + " (" + reason + ")" + where, ""};
}

}  // namespace assay::store
