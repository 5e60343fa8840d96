/// SQLite on a FaultDisk: while it lives, every database that is opened below the disk's root asks
/// it before each change of a file and tells it after. For tests only.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cerrno>
#include <filesystem>

#include "store/test_fault_disk.h"

namespace assay::store {

/// A VFS over SQLite's own, and the default one. What SQLite syncs is not synced in truth either.
/// Shared memory goes past it: it is nothing that lasts.
class FaultSqlite {
 public:
  explicit FaultSqlite(FaultDisk& disk) : disk_(disk), real_(sqlite3_vfs_find(nullptr)) {
    vfs_ = *real_;
    vfs_.pNext = nullptr;
    vfs_.zName = "assay-fault";
    vfs_.szOsFile = static_cast<int>(sizeof(Open)) + real_->szOsFile;
    vfs_.pAppData = this;
    vfs_.xOpen = OpenFile;
    vfs_.xDelete = Delete;
    // These look at their own VFS.
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
      return Real(vfs)->xAccess(Real(vfs), path, flags, out);
    };
    vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
      return Real(vfs)->xFullPathname(Real(vfs), path, size, out);
    };
    EXPECT_EQ(sqlite3_vfs_register(&vfs_, 1), SQLITE_OK);
  }
  FaultSqlite(const FaultSqlite&) = delete;
  FaultSqlite& operator=(const FaultSqlite&) = delete;
  ~FaultSqlite() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
  }

 private:
  using Act = FaultDisk::Act;

  // What SQLite holds for an open file; its own VFS's part stands behind.
  struct Open {
    sqlite3_file base;
    FaultDisk* disk;      // null where the file is none of the disk's
    const char* path;     // SQLite's, until the file is closed
    bool syncs_its_name;  // its own VFS syncs the folder with the first sync of a journal
  };

  static sqlite3_vfs* Real(sqlite3_vfs* vfs) {
    return static_cast<FaultSqlite*>(vfs->pAppData)->real_;
  }
  static Open& Of(sqlite3_file* file) { return *reinterpret_cast<Open*>(file); }
  static sqlite3_file* Real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<Open*>(file) + 1);
  }
  static std::filesystem::path FolderOf(const char* path) {
    return std::filesystem::path(path).parent_path();
  }
  static bool Exists(const char* path) { return std::filesystem::exists(path); }

  static int OpenFile(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
    FaultDisk& disk = static_cast<FaultSqlite*>(vfs->pAppData)->disk_;
    Open& open = Of(file);
    open.base.pMethods = nullptr;
    open.disk = path != nullptr && disk.IsMine(path) ? &disk : nullptr;
    open.path = path;
    const bool may_make = (flags & SQLITE_OPEN_CREATE) != 0;
    open.syncs_its_name =
        may_make &&
        (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    const bool makes = open.disk != nullptr && may_make && !Exists(path);
    if (makes && disk.Admit(Act::kMakeFile, path) != 0) return SQLITE_CANTOPEN;
    const int result = Real(vfs)->xOpen(Real(vfs), path, Real(file), flags, out);
    if (Real(file)->pMethods == nullptr) return result;
    open.base.pMethods = &Methods();
    if (makes) disk.DidMakeFile(path);
    return result;
  }

  static int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    FaultDisk& disk = static_cast<FaultSqlite*>(vfs->pAppData)->disk_;
    const bool mine = disk.IsMine(path) && Exists(path);
    if (mine && disk.Admit(Act::kRemove, path) != 0) return SQLITE_IOERR_DELETE;
    const int result = Real(vfs)->xDelete(Real(vfs), path, 0);
    if (!mine || result != SQLITE_OK) return result;
    disk.DidRemove(path);
    if (sync_folder == 0) return SQLITE_OK;
    if (disk.Admit(Act::kSyncFolder, FolderOf(path)) != 0) return SQLITE_IOERR_DIR_FSYNC;
    disk.DidSyncFolder(FolderOf(path));
    return SQLITE_OK;
  }

  static int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    const Open& open = Of(file);
    if (open.disk == nullptr) return Real(file)->pMethods->xWrite(Real(file), bytes, size, at);
    const int error = open.disk->Admit(Act::kWrite, open.path);
    if (error != 0) size /= 2;  // it may have come half its way
    const int result = Real(file)->pMethods->xWrite(Real(file), bytes, size, at);
    if (result != SQLITE_OK) return result;
    open.disk->DidWrite(open.path, static_cast<std::uint64_t>(at),
                        static_cast<std::uint64_t>(size));
    if (error == 0) return SQLITE_OK;
    return error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }

  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    const Open& open = Of(file);
    if (open.disk != nullptr && open.disk->Admit(Act::kWrite, open.path) != 0) {
      return SQLITE_IOERR_TRUNCATE;
    }
    const int result = Real(file)->pMethods->xTruncate(Real(file), size);
    if (open.disk != nullptr && result == SQLITE_OK) {
      open.disk->DidWrite(open.path, static_cast<std::uint64_t>(size), 0);
    }
    return result;
  }

  static int Sync(sqlite3_file* file, int flags) {
    Open& open = Of(file);
    if (open.disk == nullptr) return Real(file)->pMethods->xSync(Real(file), flags);
    if (open.disk->Admit(Act::kSync, open.path) != 0) return SQLITE_IOERR_FSYNC;
    open.disk->DidSync(open.path);
    if (open.syncs_its_name) {
      // Its own VFS takes no notice of an error here.
      open.syncs_its_name = false;
      if (open.disk->Admit(Act::kSyncFolder, FolderOf(open.path)) == 0) {
        open.disk->DidSyncFolder(FolderOf(open.path));
      }
    }
    return SQLITE_OK;
  }

  // Everything else is passed on.
  static const sqlite3_io_methods& Methods() {
    static const sqlite3_io_methods kMethods = [] {
      sqlite3_io_methods methods{};
      methods.iVersion = 2;  // no memory mapping, which could not be seen
      methods.xClose = [](sqlite3_file* file) { return Real(file)->pMethods->xClose(Real(file)); };
      methods.xRead = [](sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
        return Real(file)->pMethods->xRead(Real(file), bytes, size, at);
      };
      methods.xWrite = Write;
      methods.xTruncate = Truncate;
      methods.xSync = Sync;
      methods.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
        return Real(file)->pMethods->xFileSize(Real(file), size);
      };
      methods.xLock = [](sqlite3_file* file, int level) {
        return Real(file)->pMethods->xLock(Real(file), level);
      };
      methods.xUnlock = [](sqlite3_file* file, int level) {
        return Real(file)->pMethods->xUnlock(Real(file), level);
      };
      methods.xCheckReservedLock = [](sqlite3_file* file, int* out) {
        return Real(file)->pMethods->xCheckReservedLock(Real(file), out);
      };
      methods.xFileControl = [](sqlite3_file* file, int what, void* value) {
        return Real(file)->pMethods->xFileControl(Real(file), what, value);
      };
      methods.xSectorSize = [](sqlite3_file* file) {
        return Real(file)->pMethods->xSectorSize(Real(file));
      };
      methods.xDeviceCharacteristics = [](sqlite3_file* file) {
        return Real(file)->pMethods->xDeviceCharacteristics(Real(file));
      };
      methods.xShmMap = [](sqlite3_file* file, int page, int size, int extend,
                           void volatile** out) {
        return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, out);
      };
      methods.xShmLock = [](sqlite3_file* file, int offset, int count, int flags) {
        return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
      };
      methods.xShmBarrier = [](sqlite3_file* file) {
        Real(file)->pMethods->xShmBarrier(Real(file));
      };
      methods.xShmUnmap = [](sqlite3_file* file, int remove) {
        return Real(file)->pMethods->xShmUnmap(Real(file), remove);
      };
      return methods;
    }();
    return kMethods;
  }

  FaultDisk& disk_;
  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
};

}  // namespace assay::store
