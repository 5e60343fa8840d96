#include "store/object_store.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "store/file.h"
#include "store/object_id.h"
#include "store/staged_file.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadSize = std::size_t{1} << 20;
constexpr unsigned kObjectMode = 0444;

// Reads a file to its end, handing each piece to `take`.
template <typename Take>
Status ReadAll(File& file, Take take) {
  std::string buffer(kReadSize, '\0');
  for (;;) {
    TRY_ASSIGN(const std::size_t count, file.Read(buffer.data(), buffer.size()));
    if (count == 0) return {};
    TRY(take(std::string_view(buffer.data(), count)));
  }
}

// Not blocking: opening a named pipe must not wait for its writer.
Result<File> OpenRegular(const fs::path& path) {
  TRY_ASSIGN(File file, File::Open(path, O_RDONLY | O_NONBLOCK));
  TRY_ASSIGN(const struct stat facts, file.Stat());
  if (!S_ISREG(facts.st_mode)) {
    return Error{ErrorCode::kIo, "not a regular file: " + path.string(), ""};
  }
  return file;
}

Result<FileRef> HashOpenFile(File& file) {
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
bool Changed(const struct stat& before, const struct stat& after, std::uint64_t bytes_read) {
  return before.st_size != after.st_size || before.st_mtim.tv_sec != after.st_mtim.tv_sec ||
         before.st_mtim.tv_nsec != after.st_mtim.tv_nsec ||
         static_cast<std::uint64_t>(after.st_size) != bytes_read;
}

// True when the object is there and sound. A damaged one is then replaced by what was to be stored,
// so it is read to its end, which is rare: only where the same content is stored again.
bool IsThere(const fs::path& place, const FileRef& ref) {
  std::error_code error;
  if (fs::file_size(place, error) != ref.bytes || error) return false;
  const Result<FileRef> found = HashFile(place);
  return found.ok() && found->sha256 == ref.sha256;
}

// Moves a staged file that holds `ref` to its place. The file's bytes and mode are on disk before
// its name is, so a name in objects/ never stands for half a file. The name itself is not synced.
Status Publish(File& staged_file, const fs::path& staged, const fs::path& place,
               const FileRef& ref) {
  if (IsThere(place, ref)) {
    if (::unlink(staged.c_str()) != 0) return SystemError(errno, "remove", staged);
    return {};
  }
  TRY(staged_file.SetMode(kObjectMode));
  TRY(staged_file.Sync());
  TRY(MakeFolders(place.parent_path()));
  if (::rename(staged.c_str(), place.c_str()) != 0) return SystemError(errno, "move", staged);
  return {};
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

Status RemoveBelow(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (auto entry = fs::directory_iterator(folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (!IsOfALivingOther(entry->path())) entries.push_back(entry->path());
  }
  if (error) return SystemError(error.value(), "list", folder);
  for (const fs::path& entry : entries) {
    fs::remove_all(entry, error);
    if (error) return SystemError(error.value(), "remove", entry);
  }
  return {};
}

// Names in a folder in order; an absent folder has none.
Result<std::vector<std::string>> NamesIn(const fs::path& folder) {
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

}  // namespace

ObjectStore::ObjectStore(fs::path root) : root_(std::move(root)) {}

Status ObjectStore::Create() {
  TRY(MakeFolders(root_ / "objects" / "sha256"));
  TRY(MakeFolders(root_ / "staging"));
  return MakeFolders(spill());
}

fs::path ObjectStore::PathOf(const std::string& sha256) const {
  const fs::path objects = root_ / "objects" / "sha256";
  // A name that is no sha256 may hold `..`; it must not lead out of the store.
  if (!IsSha256(sha256)) return objects / "none";
  return objects / sha256.substr(0, 2) / sha256.substr(2);
}

bool ObjectStore::Has(const FileRef& file) const {
  std::error_code error;
  const auto size = std::filesystem::file_size(PathOf(file.sha256), error);
  return !error && size == file.bytes;
}

bool ObjectStore::Has(const std::string& sha256) const {
  std::error_code ignored;
  return fs::is_regular_file(PathOf(sha256), ignored);
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
  TRY(SyncFolder(place.parent_path()));
  // What this process made above it, it has synced; what it found, once.
  if (found_folders_synced_) return {};
  for (const fs::path& folder : {root_ / "objects" / "sha256", root_ / "objects", root_}) {
    TRY(SyncFolder(folder));
  }
  found_folders_synced_ = true;
  return {};
}

Status ObjectStore::EmptyStaging() {
  TRY(RemoveBelow(root_ / "staging"));
  return RemoveBelow(spill());
}

Result<FileRef> ObjectStore::Adopt(const fs::path& staged, std::uint64_t rows) {
  TRY_ASSIGN(File file, File::Open(staged, O_RDONLY));
  TRY_ASSIGN(FileRef ref, HashOpenFile(file));
  ref.rows = rows;
  TRY(Publish(file, staged, PathOf(ref.sha256), ref));
  TRY(SyncName(PathOf(ref.sha256)));
  return ref;
}

Result<FileRef> ObjectStore::Import(const fs::path& file) {
  TRY_ASSIGN(File source, OpenRegular(file));
  TRY_ASSIGN(const struct stat before, source.Stat());
  const StagedFile staged(StagingPath(file.filename().string().substr(0, 64)));
  TRY_ASSIGN(File copy, File::Open(staged.path(), O_RDWR | O_CREAT | O_EXCL));
  Sha256 hash;
  FileRef ref;
  TRY(ReadAll(source, [&](std::string_view bytes) -> Status {
    hash.Update(bytes);
    ref.bytes += bytes.size();
    return copy.Write(bytes);
  }));
  TRY_ASSIGN(const struct stat after, source.Stat());
  if (Changed(before, after, ref.bytes)) {
    return Error{ErrorCode::kIo, "changed while it was read: " + file.string(),
                 "wait until it is written completely, then start again"};
  }
  ref.sha256 = Hex(hash.Finish());
  TRY(Publish(copy, staged.path(), PathOf(ref.sha256), ref));
  TRY(SyncName(PathOf(ref.sha256)));
  return ref;
}

Result<std::string> ObjectStore::Put(const std::string& text) {
  FileRef ref;
  ref.sha256 = Sha256Hex(text);
  ref.bytes = text.size();
  TRY_ASSIGN(const bool kept, Keep(ref.sha256));
  if (kept) return ref.sha256;
  const StagedFile staged(StagingPath("text"));
  TRY_ASSIGN(File file, File::Open(staged.path(), O_RDWR | O_CREAT | O_EXCL));
  TRY(file.Write(text));
  TRY(Publish(file, staged.path(), PathOf(ref.sha256), ref));
  TRY(SyncName(PathOf(ref.sha256)));
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
  TRY_ASSIGN(File file, File::Open(place, O_RDONLY));
  std::string text;
  TRY(ReadAll(file, [&](std::string_view bytes) -> Status {
    text.append(bytes);
    return {};
  }));
  if (const std::string found = Sha256Hex(text); found != sha256) {
    return Error{
        ErrorCode::kData,
        "object " + sha256 + " is damaged, its bytes have sha256 " + found + ": " + place.string(),
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
  TRY_ASSIGN(const FileRef found, HashFile(place));
  if (found.sha256 == sha256) return {};
  return Error{ErrorCode::kData,
               "object " + sha256 + " is damaged, its " + std::to_string(found.bytes) +
                   " bytes have sha256 " + found.sha256 + ": " + place.string(),
               "restore it from a copy of the store"};
}

Status ObjectStore::ForEach(
    const std::function<void(const std::string&, std::uint64_t, std::int64_t)>& visit) const {
  const fs::path objects = root_ / "objects" / "sha256";
  TRY_ASSIGN(const std::vector<std::string> folders, NamesIn(objects));
  for (const std::string& folder : folders) {
    TRY_ASSIGN(const std::vector<std::string> names, NamesIn(objects / folder));
    for (const std::string& name : names) {
      struct stat facts {};
      const fs::path place = objects / folder / name;
      // What has no name of an object was put there by someone else and is left alone.
      if (folder.size() != 2 || !IsSha256(folder + name)) continue;
      if (::stat(place.c_str(), &facts) != 0) return SystemError(errno, "look at", place);
      visit(folder + name, static_cast<std::uint64_t>(facts.st_size), facts.st_mtim.tv_sec);
    }
  }
  return {};
}

Status ObjectStore::Remove(const std::string& sha256) {
  const fs::path place = PathOf(sha256);
  if (::unlink(place.c_str()) != 0 && errno != ENOENT) return SystemError(errno, "remove", place);
  return {};
}

Result<FileRef> HashFile(const fs::path& file) {
  TRY_ASSIGN(File open, OpenRegular(file));
  return HashOpenFile(open);
}

}  // namespace assay::store
