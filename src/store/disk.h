/// The files of a store as a collaborator: the system's disk, or a test's that fails when told and
/// knows what a power loss would take. The engine and SQLite write files of their own below the
/// store; the first are adopted through here, the second are SQLite's own matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::store {

/// What stands behind a name. Links are followed.
struct FileFacts {
  bool is_file = false;    ///< a regular one
  bool is_folder = false;  ///< neither: a pipe, a device, ...
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< since 1970
};

/// An open file, closed on destruction. Errors (kIo) name the place and the cause.
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  /// Up to `size` bytes from where the last call ended; 0 at the end.
  virtual Result<std::size_t> Read(char* buffer, std::size_t size) = 0;
  /// All of them, from where the last call ended.
  virtual Status Write(std::string_view bytes) = 0;
  /// Makes it empty; what is written next stands at its start.
  virtual Status Clear() = 0;
  virtual Result<FileFacts> Facts() = 0;
  virtual Status SetMode(unsigned mode) = 0;
  /// Makes its bytes last: they survive a power loss. Its name is the folder's matter.
  virtual Status Sync() = 0;
  /// Holds the file against who else asks for it, until closed. False where another holds it.
  virtual Result<bool> TryLock() = 0;
};

/// Errors (kIo) name the place and the cause.
class Disk {
 public:
  virtual ~Disk() = default;

  enum class Mode {
    kRead,        ///< never waits, whatever the name stands for
    kCreate,      ///< a new file to write and read; an error where the name is taken
    kReadOrMake,  ///< to write and read; made where there is none
  };
  virtual Result<std::unique_ptr<DiskFile>> Open(const std::filesystem::path& path, Mode mode) = 0;
  /// Nothing where nothing has this name.
  virtual Result<std::optional<FileFacts>> Look(const std::filesystem::path& path) = 0;
  /// Names in a folder in order; none where there is no such folder.
  virtual Result<std::vector<std::string>> List(const std::filesystem::path& folder) = 0;
  /// Replaces what has the new name.
  virtual Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// A file, or a folder with all in it; no error where nothing has this name.
  virtual Status Remove(const std::filesystem::path& path) = 0;
  /// False where the folder is there already. Its name lasts when the folder around is synced.
  virtual Result<bool> MakeFolder(const std::filesystem::path& folder) = 0;
  /// Makes the names in a folder last: what was made, moved or removed in it stays so after a power
  /// loss.
  virtual Status SyncFolder(const std::filesystem::path& folder) = 0;
};

/// The disk of this machine; keeps nothing, for any thread.
Disk& SystemDisk();

/// Makes a folder and those above it; what it made survives a power loss.
Status MakeFolders(Disk& disk, const std::filesystem::path& folder);

}  // namespace assay::store
