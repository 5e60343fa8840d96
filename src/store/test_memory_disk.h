/// A disk in memory, for tests of what stores files. For tests only.
#pragma once

#include <algorithm>
#include <cerrno>
#include <filesystem>
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

/// Files and folders by their paths; `/` is there from the start. Time stands still unless moved.
class MemoryDisk : public Disk {
 public:
  std::int64_t now_ns = 1'769'850'000'000'000'000;  ///< when what is written now was modified

  Result<std::unique_ptr<DiskFile>> Open(const std::filesystem::path& path, Mode mode) override {
    const std::lock_guard lock(mutex_);
    const auto found = nodes_.find(path);
    if (found != nodes_.end() && mode == Mode::kCreate) return SystemError(EEXIST, "open", path);
    if (found != nodes_.end()) return Opened(found->second, path, mode);
    if (mode == Mode::kRead || !IsFolder(path.parent_path())) {
      return SystemError(ENOENT, "open", path);
    }
    auto node = std::make_shared<Node>();
    node->bytes.emplace();
    node->modified_ns = now_ns;
    nodes_[path] = node;
    return Opened(node, path, mode);
  }

  Result<std::optional<FileFacts>> Look(const std::filesystem::path& path) override {
    const std::lock_guard lock(mutex_);
    if (path == path.root_path()) return std::optional(FileFacts{false, true, 0, 0});
    const auto found = nodes_.find(path);
    if (found == nodes_.end()) return std::optional<FileFacts>();
    return std::optional(FactsOf(*found->second));
  }

  Result<std::vector<std::string>> List(const std::filesystem::path& folder) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [path, node] : nodes_) {
      if (path.parent_path() == folder) names.push_back(path.filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    const std::lock_guard lock(mutex_);
    const auto found = nodes_.find(from);
    if (found == nodes_.end() || !IsFolder(to.parent_path())) {
      return SystemError(ENOENT, "move", from);
    }
    auto node = found->second;
    nodes_.erase(found);
    nodes_[to] = std::move(node);
    return {};
  }

  Status Remove(const std::filesystem::path& path) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(nodes_, [&](const auto& node) {
      return std::mismatch(path.begin(), path.end(), node.first.begin(), node.first.end()).first ==
             path.end();
    });
    return {};
  }

  Result<bool> MakeFolder(const std::filesystem::path& folder) override {
    const std::lock_guard lock(mutex_);
    if (IsFolder(folder)) return false;
    if (nodes_.contains(folder)) return SystemError(ENOTDIR, "make", folder);
    if (!IsFolder(folder.parent_path())) return SystemError(ENOENT, "make", folder);
    nodes_[folder] = std::make_shared<Node>();
    return true;
  }

  Status SyncFolder(const std::filesystem::path& folder) override {
    const std::lock_guard lock(mutex_);
    return IsFolder(folder) ? Status() : SystemError(ENOENT, "open", folder);
  }

 private:
  struct Node {
    std::optional<std::string> bytes;  // nothing: a folder
    std::int64_t modified_ns = 0;
    bool locked = false;
  };

  class OpenFile : public DiskFile {
   public:
    OpenFile(MemoryDisk& disk, std::shared_ptr<Node> node, std::filesystem::path path, Mode mode)
        : disk_(disk), node_(std::move(node)), path_(std::move(path)), mode_(mode) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() override {
      const std::lock_guard lock(disk_.mutex_);
      if (holds_) node_->locked = false;
    }

    Result<std::size_t> Read(char* buffer, std::size_t size) override {
      const std::lock_guard lock(disk_.mutex_);
      if (!node_->bytes) return SystemError(EISDIR, "read", path_);
      const std::size_t count =
          position_ >= node_->bytes->size() ? 0 : node_->bytes->copy(buffer, size, position_);
      position_ += count;
      return count;
    }
    Status Write(std::string_view bytes) override {
      const std::lock_guard lock(disk_.mutex_);
      if (mode_ == Mode::kRead) return SystemError(EBADF, "write", path_);
      if (node_->bytes->size() < position_ + bytes.size()) {
        node_->bytes->resize(position_ + bytes.size());
      }
      node_->bytes->replace(position_, bytes.size(), bytes);
      node_->modified_ns = disk_.now_ns;
      position_ += bytes.size();
      return {};
    }
    Status Clear() override {
      const std::lock_guard lock(disk_.mutex_);
      if (mode_ == Mode::kRead) return SystemError(EBADF, "write", path_);
      node_->bytes->clear();
      position_ = 0;
      return {};
    }
    Result<FileFacts> Facts() override {
      const std::lock_guard lock(disk_.mutex_);
      return FactsOf(*node_);
    }
    Status SetMode(unsigned) override { return {}; }
    Status Sync() override { return {}; }
    Result<bool> TryLock() override {
      const std::lock_guard lock(disk_.mutex_);
      if (node_->locked && !holds_) return false;
      holds_ = node_->locked = true;
      return true;
    }

   private:
    MemoryDisk& disk_;
    std::shared_ptr<Node> node_;
    std::filesystem::path path_;
    Mode mode_;
    std::size_t position_ = 0;
    bool holds_ = false;
  };

  static FileFacts FactsOf(const Node& node) {
    return {node.bytes.has_value(), !node.bytes.has_value(), node.bytes ? node.bytes->size() : 0,
            node.modified_ns};
  }
  std::unique_ptr<DiskFile> Opened(std::shared_ptr<Node> node, const std::filesystem::path& path,
                                   Mode mode) {
    return std::make_unique<OpenFile>(*this, std::move(node), path, mode);
  }
  bool IsFolder(const std::filesystem::path& path) const {
    if (path == path.root_path()) return true;
    const auto found = nodes_.find(path);
    return found != nodes_.end() && !found->second->bytes;
  }

  std::mutex mutex_;
  std::map<std::filesystem::path, std::shared_ptr<Node>> nodes_;
};

}  // namespace assay::store
