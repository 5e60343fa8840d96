/// One file of a zip archive, unpacked as a stream. Knows no format of what stands in it; memory is
/// that of a few blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/source.h"

namespace assay::source {

/// The names of an archive's files. A file that is no archive is kData.
Result<std::vector<std::string>> ZipEntryNames(const SourceFile& file);

class ZipEntry {
 public:
  /// `name` as the archive has it.
  static Result<std::unique_ptr<ZipEntry>> Open(const SourceFile& file, const std::string& name);

  ~ZipEntry();
  ZipEntry(const ZipEntry&) = delete;
  ZipEntry& operator=(const ZipEntry&) = delete;

  /// Reads up to `size` bytes; 0 at the end, where size and checksum have been compared. A damaged
  /// archive is kData.
  Result<std::size_t> Read(char* data, std::size_t size);

 private:
  ZipEntry(const SourceFile& file, std::string name) : file_(file), name_(std::move(name)) {}

  Error Damaged(const std::string& what) const;

  SourceFile file_;
  std::string name_;
  void* archive_ = nullptr;
  bool is_open_ = false;
  std::uint64_t left_ = 0;
};

}  // namespace assay::source
