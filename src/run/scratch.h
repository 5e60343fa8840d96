/// A folder outside of any project, for what is read before there is one; removed at the end.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "base/result.h"

namespace assay::run {

class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> Make();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  const std::filesystem::path& path() const { return path_; }
  /// Another name of a file, which means nothing to an engine: `a[1].csv` would be a pattern.
  Result<std::filesystem::path> Link(const std::filesystem::path& file);

 private:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  std::size_t links_ = 0;
};

}  // namespace assay::run
