#include "store/disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/file.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;

FileFacts FactsOf(const struct stat& facts) {
  return {S_ISREG(facts.st_mode), S_ISDIR(facts.st_mode), static_cast<std::uint64_t>(facts.st_size),
          facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec};
}

class SystemFile : public DiskFile {
 public:
  SystemFile(File file, fs::path path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::size_t> Read(char* buffer, std::size_t size) override {
    return file_.Read(buffer, size);
  }
  Status Write(std::string_view bytes) override { return file_.Write(bytes); }
  Status SetMode(unsigned mode) override { return file_.SetMode(mode); }
  Status Sync() override { return file_.Sync(); }

  Status Clear() override {
    if (::ftruncate(file_.descriptor(), 0) != 0 || ::lseek(file_.descriptor(), 0, SEEK_SET) != 0) {
      return SystemError(errno, "write", path_);
    }
    return {};
  }

  Result<FileFacts> Facts() override {
    TRY_ASSIGN(const struct stat facts, file_.Stat());
    return FactsOf(facts);
  }

  Result<bool> TryLock() override {
    int failed = 0;
    do {
      failed = ::flock(file_.descriptor(), LOCK_EX | LOCK_NB);
    } while (failed != 0 && errno == EINTR);
    if (failed == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    return SystemError(errno, "lock", path_);
  }

 private:
  File file_;
  fs::path path_;
};

int FlagsOf(Disk::Mode mode) {
  switch (mode) {
    case Disk::Mode::kCreate:
      return O_RDWR | O_CREAT | O_EXCL;
    case Disk::Mode::kReadOrMake:
      return O_RDWR | O_CREAT;
    case Disk::Mode::kRead:
      break;
  }
  // Not blocking: opening a named pipe must not wait for its writer.
  return O_RDONLY | O_NONBLOCK;
}

class RealDisk : public Disk {
 public:
  Result<std::unique_ptr<DiskFile>> Open(const fs::path& path, Mode mode) override {
    TRY_ASSIGN(File file, File::Open(path, FlagsOf(mode)));
    return std::unique_ptr<DiskFile>(std::make_unique<SystemFile>(std::move(file), path));
  }

  Result<std::optional<FileFacts>> Look(const fs::path& path) override {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) == 0) return std::optional(FactsOf(facts));
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<FileFacts>();
    return SystemError(errno, "look at", path);
  }

  Result<std::vector<std::string>> List(const fs::path& folder) override {
    std::vector<std::string> names;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error && error != std::errc::no_such_file_or_directory &&
        error != std::errc::not_a_directory) {
      return SystemError(error.value(), "list", folder);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Status Rename(const fs::path& from, const fs::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return SystemError(errno, "move", from);
    return {};
  }

  Status Remove(const fs::path& path) override {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
    // EISDIR is Linux's word for a folder, EPERM that of POSIX.
    if (errno != EISDIR && errno != EPERM) return SystemError(errno, "remove", path);
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return SystemError(error.value(), "remove", path);
    return {};
  }

  Result<bool> MakeFolder(const fs::path& folder) override {
    if (::mkdir(folder.c_str(), 0777) == 0) return true;
    if (errno != EEXIST) return SystemError(errno, "make", folder);
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) return SystemError(ENOTDIR, "make", folder);
    return false;
  }

  Status SyncFolder(const fs::path& folder) override {
    TRY_ASSIGN(File file, File::Open(folder, O_RDONLY | O_DIRECTORY));
    return file.Sync();
  }
};

}  // namespace

Disk& SystemDisk() {
  static RealDisk disk;
  return disk;
}

Status MakeFolders(Disk& disk, const fs::path& folder) {
  const fs::path above = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
  if (folder.has_relative_path() && folder.has_parent_path()) {
    TRY_ASSIGN(const auto there, disk.Look(above));
    if (!there) TRY(MakeFolders(disk, above));
  }
  TRY_ASSIGN(const bool made, disk.MakeFolder(folder));
  return made ? disk.SyncFolder(above) : Status();
}

}  // namespace assay::store
