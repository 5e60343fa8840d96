#include "source/line_reader.h"

#include <algorithm>
#include <cstring>

#include "contract/utf8.h"

namespace assay::source {
namespace {

constexpr std::size_t kLineBlock = 256 * 1024;
constexpr std::size_t kKeptOfTooLong = 1 << 10;

}  // namespace

// Reads a block more behind what is there, which moves to the front.
Status LineReader::Fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kLineBlock) {
    buffer_.resize(std::max(buffer_.size() * 2, end_ + kLineBlock));
  }
  TRY_ASSIGN(const std::size_t size, file_->Read(buffer_.data() + end_, buffer_.size() - end_));
  end_ += size;
  at_end_ = size == 0;
  return {};
}

// The line that begins where the buffer does is too long: the rest of it is read and dropped.
Result<std::optional<LineReader::Line>> LineReader::SkipRest() {
  too_long_.assign(buffer_, begin_, std::min(kKeptOfTooLong, longest_));
  for (;;) {
    const void* found = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_);
    if (found != nullptr) {
      begin_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
      break;
    }
    begin_ = end_;
    if (at_end_) break;
    TRY(Fill());
  }
  return std::optional<Line>(Line{number_, too_long_, true});
}

Result<std::optional<LineReader::Line>> LineReader::Next() {
  std::size_t looked = 0;  // of the line, without its end
  for (;;) {
    const char* first = buffer_.data() + begin_;
    const void* found = std::memchr(first + looked, '\n', end_ - begin_ - looked);
    const bool is_last = found == nullptr && at_end_;
    if (is_last && begin_ == end_) return std::optional<Line>();
    if (found != nullptr || is_last) {
      const std::size_t size =
          is_last ? end_ - begin_
                  : static_cast<std::size_t>(static_cast<const char*>(found) - first);
      ++number_;
      if (size > longest_) return SkipRest();
      std::string_view text(first, size);
      begin_ += size + (is_last ? 0 : 1);
      if (number_ == 1) {
        text = contract::WithoutByteOrderMark(text);
        if (is_last && text.empty()) return std::optional<Line>();
      }
      if (text.ends_with('\r')) text.remove_suffix(1);
      return std::optional<Line>(Line{number_, text, false});
    }
    looked = end_ - begin_;
    if (looked > longest_) {
      ++number_;
      return SkipRest();
    }
    TRY(Fill());
  }
}

}  // namespace assay::source
