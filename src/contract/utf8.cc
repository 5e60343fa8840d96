#include "contract/utf8.h"

namespace assay::contract {
namespace {

unsigned char Byte(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool IsContinuation(std::string_view text, std::size_t at) {
  return at < text.size() && (Byte(text, at) & 0xc0U) == 0x80U;
}

// Length of the well-formed character at `at`, 0 when there is none (RFC 3629: no overlong forms,
// no surrogates, nothing above U+10FFFF).
std::size_t CharacterLength(std::string_view text, std::size_t at) {
  const unsigned char first = Byte(text, at);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !IsContinuation(text, at + 1)) return 0;
  const unsigned char second = Byte(text, at + 1);
  if (first < 0xe0) return 2;
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  if (!IsContinuation(text, at + 2)) return 0;
  if (first < 0xf0) return 3;
  return IsContinuation(text, at + 3) ? 4 : 0;
}

bool IsControl(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
}

}  // namespace

std::optional<std::size_t> FindInvalidUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = CharacterLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::optional<std::size_t> FindControlCharacter(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (IsControl(Byte(text, at))) return at;
  }
  return std::nullopt;
}

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

LineColumn LineColumnOf(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  LineColumn place;
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (before[at] == '\n') {
      ++place.line;
      line_start = at + 1;
    }
  }
  place.column = 1 + CountCharacters(before.substr(line_start));
  return place;
}

int CountCharacters(std::string_view text) {
  int count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!IsContinuation(text, at)) ++count;
  }
  return count;
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = CharacterLength(text, at);
    const unsigned char byte = Byte(text, at);
    if (length == 0 || (IsControl(byte)) || byte == '\r') {
      printable += "\xef\xbf\xbd";
    } else {
      printable += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return printable;
}

std::string Escaped(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = CharacterLength(text, at);
    const unsigned char byte = Byte(text, at);
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      escaped += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      escaped += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return escaped;
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace assay::contract
