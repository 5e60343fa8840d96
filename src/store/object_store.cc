#include "store/object_store.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "store/object_id.h"
#include "store/staged_file.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadSize = std::size_t{1} << 20;
constexpr unsigned kObjectMode = 0444;

// Reads a file to its end, handing each piece to `take`.
template <typename Take>
Status ReadAll(DiskFile& file, Take take) {
  std::string buffer(kReadSize, '\0');
  for (;;) {
    TRY_ASSIGN(const std::size_t count, file.Read(buffer.data(), buffer.size()));
    if (count == 0) return {};
    TRY(take(std::string_view(buffer.data(), count)));
  }
}

Result<std::unique_ptr<DiskFile>> OpenRegular(Disk& disk, const fs::path& path) {
  TRY_ASSIGN(auto file, disk.Open(path, Disk::Mode::kRead));
  TRY_ASSIGN(const FileFacts facts, file->Facts());
  if (!facts.is_file) {
    return Error{ErrorCode::kIo, "not a regular file: " + path.string(), ""};
  }
  return file;
}

Result<FileRef> HashOpenFile(DiskFile& file) {
  Sha256 hash;
  FileRef ref;
  TRY(ReadAll(file, [&](std::string_view bytes) -> Status {
    hash.Update(bytes);
    ref.bytes += bytes.size();
    return {};
  }));
  ref.sha256 = Hex(hash.Finish());
  return ref;
}

// True when the file was written to between two looks at it.
bool Changed(const FileFacts& before, const FileFacts& after, std::uint64_t bytes_read) {
  return before.bytes != after.bytes || before.modified_ns != after.modified_ns ||
         after.bytes != bytes_read;
}

Error NoSuchObject(const std::string& sha256, const fs::path& place) {
  return Error{ErrorCode::kIo, "object " + sha256 + " is missing: " + place.string(),
               "`assay dataset verify` lists what is missing; restore it from a copy of the store"};
}

// Names begin with the process that made them; what another living one made is in use.
bool IsOfALivingOther(const fs::path& entry) {
  const long pid = std::strtol(entry.filename().c_str(), nullptr, 10);
  if (pid <= 0 || pid > INT_MAX || pid == ::getpid()) return false;
  return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

}  // namespace

ObjectStore::ObjectStore(fs::path root, Disk& disk) : root_(std::move(root)), disk_(&disk) {}

Status ObjectStore::Create() {
  TRY(MakeFolders(*disk_, root_ / "objects" / "sha256"));
  TRY(MakeFolders(*disk_, root_ / "staging"));
  return MakeFolders(*disk_, spill());
}

fs::path ObjectStore::PathOf(const std::string& sha256) const {
  const fs::path objects = root_ / "objects" / "sha256";
  // A name that is no sha256 may hold `..`; it must not lead out of the store.
  if (!IsSha256(sha256)) return objects / "none";
  return objects / sha256.substr(0, 2) / sha256.substr(2);
}

bool ObjectStore::Has(const FileRef& file) const {
  const auto facts = disk_->Look(PathOf(file.sha256));
  return facts.ok() && *facts && (*facts)->is_file && (*facts)->bytes == file.bytes;
}

bool ObjectStore::Has(const std::string& sha256) const {
  const auto facts = disk_->Look(PathOf(sha256));
  return facts.ok() && *facts && (*facts)->is_file;
}

fs::path ObjectStore::StagingPath(const std::string& suffix) {
  // Counted per process, not per store: two stores may be open on one folder.
  static std::atomic<std::uint64_t> counter{0};
  std::string name =
      std::to_string(::getpid()) + "-" + std::to_string(counter.fetch_add(1)) + "-" + suffix;
  std::replace(name.begin(), name.end(), '/', '_');
  return root_ / "staging" / name;
}

Status ObjectStore::SyncName(const fs::path& place) const {
  TRY(disk_->SyncFolder(place.parent_path()));
  // What this process made above it, it has synced; what it found, once.
  if (found_folders_synced_) return {};
  for (const fs::path& folder : {root_ / "objects" / "sha256", root_ / "objects", root_,
                                 root_.has_parent_path() ? root_.parent_path() : fs::path(".")}) {
    TRY(disk_->SyncFolder(folder));
  }
  found_folders_synced_ = true;
  return {};
}

// A damaged one is then replaced by what was to be stored, so it is read to its end, which is rare:
// only where the same content is stored again.
bool ObjectStore::IsThere(const FileRef& ref) const {
  if (!Has(ref)) return false;
  const Result<FileRef> found = HashFile(PathOf(ref.sha256), *disk_);
  return found.ok() && found->sha256 == ref.sha256;
}

Status ObjectStore::MakeFolderOf(const fs::path& place) {
  const std::lock_guard lock(making_folder_);
  Status made = MakeFolders(*disk_, place.parent_path());
  // It may be there and not last: whoever finds it syncs what is above it.
  if (!made.ok()) found_folders_synced_ = false;
  return made;
}

Status ObjectStore::Publish(DiskFile& staged_file, const fs::path& staged, const FileRef& ref) {
  const fs::path place = PathOf(ref.sha256);
  if (IsThere(ref)) {
    TRY(disk_->Remove(staged));
    return SyncName(place);
  }
  TRY(staged_file.SetMode(kObjectMode));
  TRY(staged_file.Sync());
  TRY(MakeFolderOf(place));
  TRY(disk_->Rename(staged, place));
  return SyncName(place);
}

Status ObjectStore::RemoveBelow(const fs::path& folder) {
  TRY_ASSIGN(const std::vector<std::string> names, disk_->List(folder));
  for (const std::string& name : names) {
    if (!IsOfALivingOther(name)) TRY(disk_->Remove(folder / name));
  }
  return {};
}

Status ObjectStore::EmptyStaging() {
  TRY(RemoveBelow(root_ / "staging"));
  return RemoveBelow(spill());
}

Result<FileRef> ObjectStore::Adopt(const fs::path& staged, std::uint64_t rows) {
  TRY_ASSIGN(const auto file, disk_->Open(staged, Disk::Mode::kRead));
  TRY_ASSIGN(FileRef ref, HashOpenFile(*file));
  ref.rows = rows;
  TRY(Publish(*file, staged, ref));
  return ref;
}

Result<FileRef> ObjectStore::Import(const fs::path& file) {
  TRY_ASSIGN(const auto source, OpenRegular(*disk_, file));
  TRY_ASSIGN(const FileFacts before, source->Facts());
  const StagedFile staged(StagingPath(file.filename().string().substr(0, 64)), *disk_);
  TRY_ASSIGN(const auto copy, disk_->Open(staged.path(), Disk::Mode::kCreate));
  Sha256 hash;
  FileRef ref;
  TRY(ReadAll(*source, [&](std::string_view bytes) -> Status {
    hash.Update(bytes);
    ref.bytes += bytes.size();
    return copy->Write(bytes);
  }));
  TRY_ASSIGN(const FileFacts after, source->Facts());
  if (Changed(before, after, ref.bytes)) {
    return Error{ErrorCode::kIo, "changed while it was read: " + file.string(),
                 "wait until it is written completely, then start again"};
  }
  ref.sha256 = Hex(hash.Finish());
  TRY(Publish(*copy, staged.path(), ref));
  return ref;
}

Result<std::string> ObjectStore::Put(const std::string& text) {
  FileRef ref;
  ref.sha256 = Sha256Hex(text);
  ref.bytes = text.size();
  TRY_ASSIGN(const bool kept, Keep(ref.sha256));
  if (kept) return ref.sha256;
  const StagedFile staged(StagingPath("text"), *disk_);
  TRY_ASSIGN(const auto file, disk_->Open(staged.path(), Disk::Mode::kCreate));
  TRY(file->Write(text));
  TRY(Publish(*file, staged.path(), ref));
  return ref.sha256;
}

Result<bool> ObjectStore::Keep(const std::string& sha256) const {
  if (!Verify(sha256).ok()) return false;
  TRY(SyncName(PathOf(sha256)));
  return true;
}

Result<std::string> ObjectStore::Get(const std::string& sha256) const {
  const fs::path place = PathOf(sha256);
  if (!Has(sha256)) return NoSuchObject(sha256, place);
  TRY_ASSIGN(const auto file, disk_->Open(place, Disk::Mode::kRead));
  std::string text;
  TRY(ReadAll(*file, [&](std::string_view bytes) -> Status {
    text.append(bytes);
    return {};
  }));
  if (Sha256Hex(text) != sha256) {
    return Error{
        ErrorCode::kData,
        "object " + sha256 + " is damaged, its bytes have another sha256: " + place.string(),
        "restore it from a copy of the store"};
  }
  return text;
}

Status ObjectStore::Verify(const std::string& sha256) const {
  const fs::path place = PathOf(sha256);
  if (!Has(sha256)) {
    Error error = NoSuchObject(sha256, place);
    error.code = ErrorCode::kData;
    return error;
  }
  TRY_ASSIGN(const FileRef found, HashFile(place, *disk_));
  if (found.sha256 == sha256) return {};
  return Error{ErrorCode::kData,
               "object " + sha256 + " is damaged, its " + std::to_string(found.bytes) +
                   " bytes have another sha256: " + place.string(),
               "restore it from a copy of the store"};
}

Status ObjectStore::ForEach(
    const std::function<void(const std::string&, std::uint64_t, std::int64_t)>& visit) const {
  const fs::path objects = root_ / "objects" / "sha256";
  TRY_ASSIGN(const std::vector<std::string> folders, disk_->List(objects));
  for (const std::string& folder : folders) {
    TRY_ASSIGN(const std::vector<std::string> names, disk_->List(objects / folder));
    for (const std::string& name : names) {
      const fs::path place = objects / folder / name;
      // What has no name of an object was put there by someone else and is left alone.
      if (folder.size() != 2 || !IsSha256(folder + name)) continue;
      TRY_ASSIGN(const auto facts, disk_->Look(place));
      // Removed since it was listed, or a folder.
      if (facts && facts->is_file) {
        visit(folder + name, facts->bytes, facts->modified_ns / 1'000'000'000);
      }
    }
  }
  return {};
}

Status ObjectStore::Remove(const std::string& sha256) { return disk_->Remove(PathOf(sha256)); }

Result<FileRef> HashFile(const fs::path& file, Disk& disk) {
  TRY_ASSIGN(const auto open, OpenRegular(disk, file));
  return HashOpenFile(*open);
}

}  // namespace assay::store
