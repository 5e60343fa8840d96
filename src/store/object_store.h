/// Immutable files by the sha256 of their content (docs/design/0001, section 13). Everything that
/// touches `objects/` and `staging/` is here.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/disk.h"
#include "store/table.h"

namespace assay::store {

class ObjectStore {
 public:
  /// `root` is the `.assay` folder; `Create` makes the folders below it. The disk must outlive it.
  explicit ObjectStore(std::filesystem::path root, Disk& disk = SystemDisk());
  Status Create();

  std::filesystem::path PathOf(const std::string& sha256) const;
  bool Has(const std::string& sha256) const;
  /// True when the object is there with the size that the file should have.
  bool Has(const FileRef& file) const;

  /// A new name in `staging/`; the suffix helps people who look.
  std::filesystem::path StagingPath(const std::string& suffix);
  /// Removes what killed processes left in `staging/` and `spill/`; what a living one is writing
  /// (an export) stays. Only under the lock.
  Status EmptyStaging();

  /// Hashes a staged file, fsyncs it and moves it to its place. Same content again is no error.
  /// `rows` is taken over as it is.
  Result<FileRef> Adopt(const std::filesystem::path& staged, std::uint64_t rows);
  /// Copies a file from outside through staging, hashing on the way.
  Result<FileRef> Import(const std::filesystem::path& file);
  /// Stores a text; returns its sha256.
  Result<std::string> Put(const std::string& text);
  /// True when the object is there and sound: its name then survives a power loss and may be
  /// recorded. False when it has to be stored.
  Result<bool> Keep(const std::string& sha256) const;
  /// Reads a whole object; checks that the bytes have this sha256.
  Result<std::string> Get(const std::string& sha256) const;

  /// Re-hashes one object; an error (kData) says what is wrong with it.
  Status Verify(const std::string& sha256) const;
  /// Calls `visit` with each object's sha256, size and modification time (seconds since 1970).
  Status ForEach(
      const std::function<void(const std::string&, std::uint64_t, std::int64_t)>& visit) const;
  /// Deletes an object; for gc.
  Status Remove(const std::string& sha256);

  std::filesystem::path spill() const { return root_ / "spill"; }
  Disk& disk() const { return *disk_; }

 private:
  /// Moves a staged file that holds `ref` to its place. Its bytes and mode are on disk before its
  /// name is, so a name in `objects/` never stands for half a file.
  Status Publish(DiskFile& staged_file, const std::filesystem::path& staged, const FileRef& ref);
  /// One at a time, so that who finds a folder that another thread makes relies on no name that
  /// does not last yet.
  Status MakeFolderOf(const std::filesystem::path& place);
  /// True when the object is there and sound.
  bool IsThere(const FileRef& ref) const;
  Status RemoveBelow(const std::filesystem::path& folder);
  /// Makes the name of an object last, and those of the folders above it. Also for what is there
  /// already: a process that was killed may have made any of them and not come to its fsync, and
  /// what is recorded next relies on all.
  Status SyncName(const std::filesystem::path& place) const;

  std::filesystem::path root_;
  Disk* disk_;
  std::mutex making_folder_;
  mutable std::atomic<bool> found_folders_synced_{false};
};

/// sha256 of a file's bytes, streamed.
Result<FileRef> HashFile(const std::filesystem::path& file, Disk& disk = SystemDisk());

}  // namespace assay::store
