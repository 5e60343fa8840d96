#include "base/white_space.h"

namespace assay {
namespace {

// Bytes of the white space that begins at a byte; 0 where none does.
std::size_t WhiteSpaceAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const auto first = byte(0);
  if (first < 0x80) return first == ' ' || (first >= '\t' && first <= '\r') ? 1 : 0;
  const auto second = byte(1), third = byte(2);
  switch (first) {
    case 0xc2:  // U+0085, U+00A0
      return second == 0x85 || second == 0xa0 ? 2 : 0;
    case 0xe1:  // U+1680
      return second == 0x9a && third == 0x80 ? 3 : 0;
    case 0xe2:  // U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F
      if (second == 0x81) return third == 0x9f ? 3 : 0;
      return second == 0x80 && ((third >= 0x80 && third <= 0x8a) || third == 0xa8 ||
                                third == 0xa9 || third == 0xaf)
                 ? 3
                 : 0;
    case 0xe3:  // U+3000
      return second == 0x80 && third == 0x80 ? 3 : 0;
    default:
      return 0;
  }
}

// Bytes of the white space that ends a text.
std::size_t WhiteSpaceBeforeEnd(std::string_view text) {
  for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size) {
    if (WhiteSpaceAt(text, text.size() - size) == size) return size;
  }
  return 0;
}

}  // namespace

std::string_view TrimWhiteSpace(std::string_view text) {
  while (const std::size_t size = WhiteSpaceAt(text, 0)) text.remove_prefix(size);
  while (const std::size_t size = WhiteSpaceBeforeEnd(text)) text.remove_suffix(size);
  return text;
}

std::string CollapseWhiteSpace(std::string_view text) {
  std::string collapsed;
  collapsed.reserve(text.size());
  bool in_run = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = WhiteSpaceAt(text, at);
    if (size == 0) {
      collapsed.push_back(text[at++]);
    } else if (!in_run) {
      collapsed.push_back(' ');
    }
    in_run = size > 0;
    at += size;
  }
  return collapsed;
}

}  // namespace assay
