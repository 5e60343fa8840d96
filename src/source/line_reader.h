/// The lines of a text file, one after the other, of which one at a time is in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "source/unpacked_file.h"

namespace assay::source {

/// The longest text that becomes one cell: what a longer one would need in the engine is several
/// times as much.
inline constexpr std::size_t kLongestText = 256 << 20;

class LineReader {
 public:
  explicit LineReader(std::unique_ptr<UnpackedFile> file, std::size_t longest = kLongestText)
      : file_(std::move(file)), longest_(longest) {}

  struct Line {
    std::int64_t number = 0;  ///< from 1
    std::string_view text;    ///< lives until the next call; the beginning of one that is too long
    bool is_too_long = false;
  };
  /// The next line without the line feed, or carriage return and line feed, that ends it; nullopt
  /// behind the last. A byte-order mark before the first is left out.
  Result<std::optional<Line>> Next();

 private:
  Status Fill();
  Result<std::optional<Line>> SkipRest();

  std::unique_ptr<UnpackedFile> file_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not handed out
  std::size_t end_ = 0;    // of what was read
  bool at_end_ = false;
  std::string too_long_;  // the beginning of the last line that was
  std::int64_t number_ = 0;
};

}  // namespace assay::source
