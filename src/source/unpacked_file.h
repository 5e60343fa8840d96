/// The bytes of a source's file as text stands in them: unpacked where its name tells that it is
/// packed. Knows neither lines nor encodings; memory is that of a few blocks.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "source/source.h"

namespace assay::source {

enum class Packing { kNone, kGzip, kZstd };

/// What the end of a name tells: `.gz`, `.zst`, in any case.
Packing PackingOf(std::string_view location);

/// `gzip`, `zstd`; the engine's words too. `none` for what is not packed.
const char* PackingName(Packing packing);

/// The suffixes with `.gz` and `.zst` behind each as well.
std::vector<std::string> WithPacked(const std::vector<std::string>& suffixes);

class UnpackedFile {
 public:
  /// A file that is not of the packing that its name tells is kData, here or while it is read.
  static Result<std::unique_ptr<UnpackedFile>> Open(const SourceFile& file);

  UnpackedFile() = default;
  UnpackedFile(const UnpackedFile&) = delete;
  UnpackedFile& operator=(const UnpackedFile&) = delete;
  virtual ~UnpackedFile() = default;

  /// Reads up to `size` bytes, at least one unless the file is at its end, where it is 0. A packed
  /// file that is damaged, cut short or has other bytes behind its end is kData.
  virtual Result<std::size_t> Read(char* data, std::size_t size) = 0;
};

/// Reads a packed file through, so that one that is damaged is known before its rows are used.
/// Nothing to do for one that is not packed.
Status CheckUnpacks(const SourceFile& file);

/// Reads the whole text, without a byte-order mark, unless it has more than `most` bytes: false
/// then, and `text` has about so many.
Result<bool> ReadWhole(const SourceFile& file, std::size_t most, std::string& text);

}  // namespace assay::source
