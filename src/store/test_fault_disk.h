/// A disk that fails once when told, and knows what a power loss would leave at any moment. For
/// tests only.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/disk.h"
#include "store/file.h"

namespace assay::store {

/// What is below a folder: relative path -> bytes; null where it is a folder.
using DiskTree = std::map<std::filesystem::path, std::shared_ptr<const std::string>>;

inline std::string ReadWhole(Disk& disk, const std::filesystem::path& path) {
  auto file = disk.Open(path, Disk::Mode::kRead);
  EXPECT_TRUE(file.ok()) << path;
  std::string bytes;
  std::string buffer(std::size_t{1} << 20, '\0');
  while (file.ok()) {
    const auto count = (*file)->Read(buffer.data(), buffer.size());
    EXPECT_TRUE(count.ok()) << path;
    if (!count.ok() || *count == 0) break;
    bytes.append(buffer, 0, *count);
  }
  return bytes;
}

/// Reads all that is below a folder.
inline DiskTree TreeOf(Disk& disk, const std::filesystem::path& folder) {
  DiskTree tree;
  std::vector<std::filesystem::path> open = {""};
  while (!open.empty()) {
    const std::filesystem::path at = open.back();
    open.pop_back();
    const std::vector<std::string> names = disk.List(at.empty() ? folder : folder / at).value();
    for (const std::string& name : names) {
      const std::filesystem::path path = at / name;
      const auto facts = disk.Look(folder / path).value();
      if (!facts) continue;
      if (facts->is_folder) {
        tree[path] = nullptr;
        open.push_back(path);
      } else if (facts->is_file) {
        tree[path] = std::make_shared<const std::string>(ReadWhole(disk, folder / path));
      }
    }
  }
  return tree;
}

/// Makes the folder hold the tree and nothing else.
inline void LayTree(Disk& disk, const std::filesystem::path& folder, const DiskTree& tree) {
  ASSERT_TRUE(MakeFolders(disk, folder).ok());
  const std::vector<std::string> names = disk.List(folder).value();
  for (const std::string& name : names) {
    ASSERT_TRUE(disk.Remove(folder / name).ok()) << name;
  }
  for (const auto& [path, bytes] : tree) {  // a folder comes before what is in it
    if (bytes == nullptr) {
      ASSERT_TRUE(disk.MakeFolder(folder / path).ok()) << path;
      continue;
    }
    auto file = disk.Open(folder / path, Disk::Mode::kCreate);
    ASSERT_TRUE(file.ok()) << file.error().message;
    ASSERT_TRUE((*file)->Write(*bytes).ok()) << path;
  }
}

/// Passes everything on to another disk, and counts below `root` whatever changes files or names.
///
/// The rules of what lasts are the weakest that POSIX allows: bytes last when their file was
/// synced, a name (made, moved or removed) when its folder was. Modes of files are not looked at.
/// Files that somebody else wrote, as the engine does, have nothing that lasts until they are
/// synced here. Nothing is synced in truth: that would only take time.
class FaultDisk : public Disk {
 public:
  enum class Act { kMakeFile, kWrite, kSync, kRename, kRemove, kMakeFolder, kSyncFolder, kSetMode };
  struct Operation {
    std::size_t number = 0;  ///< from 1
    Act act = Act::kWrite;
    std::filesystem::path path;  ///< below the root
  };
  enum class Loss {
    kBytesAndNames,  ///< all that was not synced
    kBytes           ///< the file system had come to the names, not to the bytes: they are garbage
  };

  /// What is below `root` now lasts.
  FaultDisk(Disk& disk, std::filesystem::path root) : disk_(disk), root_(std::move(root)) {
    lasting_folders_[""];
    for (const auto& [path, bytes] : TreeOf(disk_, root_)) {
      std::shared_ptr<Node> node;
      if (bytes != nullptr) {
        node = std::make_shared<Node>(Node{path, bytes, {}, false});
        files_[path] = node;
      } else {
        lasting_folders_[path];
      }
      lasting_folders_[path.parent_path()][path.filename()] = node;
    }
  }

  /// The operation of this number fails with this number of errno, once; none where it is 0.
  void FailAt(std::size_t number, int error) {
    fail_at_ = number;
    error_ = error;
  }
  /// The operation that failed, if it came to that.
  const std::optional<Operation>& failed() const { return failed_; }
  const std::vector<Operation>& operations() const { return operations_; }
  /// Called after each operation that went well.
  void SetObserver(std::function<void(const Operation&)> observer) {
    observer_ = std::move(observer);
  }
  /// Grows with each change of what lasts: as long as it stands, a loss of all that was not synced
  /// leaves the same.
  std::size_t lasting_version() const { return lasting_version_; }

  DiskTree AfterPowerLoss(Loss loss) {
    const std::lock_guard lock(mutex_);
    DiskTree tree;
    std::vector<std::filesystem::path> open = {""};
    while (!open.empty()) {
      const std::filesystem::path folder = open.back();
      open.pop_back();
      const Entries entries = loss == Loss::kBytes ? EntriesNow(folder) : lasting_folders_[folder];
      for (const auto& [name, node] : entries) {
        const std::filesystem::path path = folder / name;
        if (node == nullptr) {
          tree[path] = nullptr;
          open.push_back(path);
        } else {
          tree[path] = loss == Loss::kBytes ? Garbled(path, *node) : LastingBytes(*node);
        }
      }
    }
    return tree;
  }

  Result<std::unique_ptr<DiskFile>> Open(const std::filesystem::path& path, Mode mode) override {
    const std::lock_guard lock(mutex_);
    if (!IsMine(path)) return disk_.Open(path, mode);
    TRY_ASSIGN(const auto there, disk_.Look(path));
    if (there && there->is_folder) return disk_.Open(path, mode);
    const bool makes = !there && mode != Mode::kRead;
    if (makes) TRY(Begin(Act::kMakeFile, "open", path));
    TRY_ASSIGN(auto file, disk_.Open(path, mode));
    if (makes) DidMakeFile(path);
    return std::unique_ptr<DiskFile>(
        std::make_unique<OpenFile>(*this, std::move(file), NodeOf(Below(path))));
  }

  Result<std::optional<FileFacts>> Look(const std::filesystem::path& path) override {
    return disk_.Look(path);
  }
  Result<std::vector<std::string>> List(const std::filesystem::path& folder) override {
    return disk_.List(folder);
  }

  Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    const std::lock_guard lock(mutex_);
    if (!IsMine(from)) return disk_.Rename(from, to);
    TRY(Begin(Act::kRename, "move", from));
    TRY(disk_.Rename(from, to));
    const auto node = NodeOf(Below(from));
    files_.erase(node->path);
    node->path = Below(to);
    files_[node->path] = node;
    End();
    return {};
  }

  Status Remove(const std::filesystem::path& path) override {
    const std::lock_guard lock(mutex_);
    if (!IsMine(path)) return disk_.Remove(path);
    TRY_ASSIGN(const auto there, disk_.Look(path));
    if (!there) return {};
    TRY(Begin(Act::kRemove, "remove", path));
    TRY(disk_.Remove(path));
    DidRemove(path);
    return {};
  }

  Result<bool> MakeFolder(const std::filesystem::path& folder) override {
    const std::lock_guard lock(mutex_);
    TRY_ASSIGN(const auto there, disk_.Look(folder));
    if (there || !IsMine(folder)) return disk_.MakeFolder(folder);
    TRY(Begin(Act::kMakeFolder, "make", folder));
    TRY_ASSIGN(const bool made, disk_.MakeFolder(folder));
    End();
    return made;
  }

  Status SyncFolder(const std::filesystem::path& folder) override {
    const std::lock_guard lock(mutex_);
    if (!IsMine(folder)) return disk_.SyncFolder(folder);
    TRY(Begin(Act::kSyncFolder, "write", folder));
    DidSyncFolder(folder);
    return {};
  }

  // For who writes files by himself, as SQLite: ask before, tell after.

  bool IsMine(const std::filesystem::path& path) const {
    return std::mismatch(root_.begin(), root_.end(), path.begin(), path.end()).first == root_.end();
  }
  /// Counts; the number of errno it fails with, or 0.
  int Admit(Act act, const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    operations_.push_back({operations_.size() + 1, act, Below(path)});
    if (operations_.size() != fail_at_) return 0;
    failed_ = operations_.back();
    return error_;
  }
  void DidMakeFile(const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    const std::filesystem::path below = Below(path);
    files_[below] = std::make_shared<Node>(Node{below, nullptr, {}, false});
    End();
  }
  void DidWrite(const std::filesystem::path& path, std::uint64_t at, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    NodeOf(Below(path))->written.emplace_back(at, at + bytes);
    End();
  }
  void DidSync(const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    Node& node = *NodeOf(Below(path));
    if (node.foreign || !node.written.empty() || node.lasting == nullptr) {
      node.lasting = std::make_shared<const std::string>(ReadWhole(disk_, root_ / node.path));
      ++lasting_version_;
    }
    node.written.clear();
    node.foreign = false;
    End();
  }
  void DidRemove(const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    const std::filesystem::path below = Below(path);
    std::erase_if(files_, [&](const auto& file) {
      return std::mismatch(below.begin(), below.end(), file.first.begin(), file.first.end())
                 .first == below.end();
    });
    End();
  }
  void DidSyncFolder(const std::filesystem::path& folder) {
    const std::lock_guard lock(mutex_);
    Entries entries = EntriesNow(Below(folder));
    Entries& lasting = lasting_folders_[Below(folder)];
    if (entries != lasting) ++lasting_version_;
    lasting = std::move(entries);
    End();
  }

 private:
  struct Node {
    std::filesystem::path path;
    std::shared_ptr<const std::string> lasting;                    // null: none
    std::vector<std::pair<std::uint64_t, std::uint64_t>> written;  // since, from and to
    bool foreign = false;  // somebody else wrote it: nothing is known of its bytes
  };
  using Entries = std::map<std::filesystem::path, std::shared_ptr<Node>>;  // null: a folder

  class OpenFile : public DiskFile {
   public:
    OpenFile(FaultDisk& disk, std::unique_ptr<DiskFile> file, std::shared_ptr<Node> node)
        : disk_(disk), file_(std::move(file)), node_(std::move(node)) {}

    Result<std::size_t> Read(char* buffer, std::size_t size) override {
      TRY_ASSIGN(const std::size_t count, file_->Read(buffer, size));
      position_ += count;
      return count;
    }
    Status Write(std::string_view bytes) override {
      const std::lock_guard lock(disk_.mutex_);
      const Status admitted = disk_.Begin(Act::kWrite, "write", Path());
      // A write that fails may have come half its way.
      if (!admitted.ok()) bytes = bytes.substr(0, bytes.size() / 2);
      TRY(file_->Write(bytes));
      node_->written.emplace_back(position_, position_ + bytes.size());
      position_ += bytes.size();
      TRY(admitted);
      disk_.End();
      return {};
    }
    Status Clear() override {
      const std::lock_guard lock(disk_.mutex_);
      TRY(disk_.Begin(Act::kWrite, "write", Path()));
      TRY(file_->Clear());
      position_ = 0;
      disk_.DidWrite(Path(), 0, 0);
      return {};
    }
    Result<FileFacts> Facts() override { return file_->Facts(); }
    Status SetMode(unsigned mode) override {
      const std::lock_guard lock(disk_.mutex_);
      TRY(disk_.Begin(Act::kSetMode, "change the mode of", Path()));
      TRY(file_->SetMode(mode));
      disk_.End();
      return {};
    }
    Status Sync() override {
      const std::lock_guard lock(disk_.mutex_);
      TRY(disk_.Begin(Act::kSync, "write", Path()));
      disk_.DidSync(Path());
      return {};
    }
    Result<bool> TryLock() override { return file_->TryLock(); }

   private:
    std::filesystem::path Path() const { return disk_.root_ / node_->path; }

    FaultDisk& disk_;
    std::unique_ptr<DiskFile> file_;
    std::shared_ptr<Node> node_;
    std::uint64_t position_ = 0;
  };

  std::filesystem::path Below(const std::filesystem::path& path) const {
    const std::filesystem::path below = path.lexically_relative(root_);
    return below == "." ? "" : below;
  }

  Status Begin(Act act, const std::string& doing, const std::filesystem::path& path) {
    const int error = Admit(act, path);
    return error == 0 ? Status() : Status(SystemError(error, doing, path));
  }
  void End() {
    if (observer_) observer_(operations_.back());
  }

  std::shared_ptr<Node> NodeOf(const std::filesystem::path& below) {
    std::shared_ptr<Node>& node = files_[below];
    if (node == nullptr) node = std::make_shared<Node>(Node{below, nullptr, {}, true});
    return node;
  }

  Entries EntriesNow(const std::filesystem::path& folder) {
    Entries entries;
    const std::vector<std::string> names =
        disk_.List(folder.empty() ? root_ : root_ / folder).value();
    for (const std::string& name : names) {
      const auto facts = disk_.Look(root_ / folder / name).value();
      if (facts) entries[name] = facts->is_folder ? nullptr : NodeOf(folder / name);
    }
    return entries;
  }

  static std::shared_ptr<const std::string> LastingBytes(const Node& node) {
    return node.lasting != nullptr ? node.lasting : std::make_shared<const std::string>();
  }

  // As long as it is now, with garbage where it was written to since it was synced.
  std::shared_ptr<const std::string> Garbled(const std::filesystem::path& path, const Node& node) {
    constexpr char kGarbage = '\xdb';
    if (!node.foreign && node.written.empty()) return LastingBytes(node);
    const auto facts = disk_.Look(root_ / path).value();
    const std::uint64_t size = facts ? facts->bytes : 0;
    std::string bytes = node.foreign ? "" : *LastingBytes(node);
    bytes.resize(size, kGarbage);
    for (const auto& [from, to] : node.written) {
      for (std::uint64_t at = from; at < std::min(to, size); ++at) bytes[at] = kGarbage;
    }
    return std::make_shared<const std::string>(std::move(bytes));
  }

  std::recursive_mutex mutex_;
  Disk& disk_;
  std::filesystem::path root_;
  std::map<std::filesystem::path, std::shared_ptr<Node>> files_;  // by their name now
  std::map<std::filesystem::path, Entries> lasting_folders_;
  std::size_t lasting_version_ = 0;
  std::vector<Operation> operations_;
  std::size_t fail_at_ = 0;
  int error_ = 0;
  std::optional<Operation> failed_;
  std::function<void(const Operation&)> observer_;
};

}  // namespace assay::store
