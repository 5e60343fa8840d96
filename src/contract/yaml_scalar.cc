#include "contract/yaml_scalar.h"

#include <algorithm>
#include <array>

#include "base/letter_case.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

// Words that readers of YAML 1.1 or 1.2 take for a truth, a null or, here, for no key.
constexpr std::array kYamlWords = {"true", "false", "yes", "no", "on",  "off",
                                   "null", "none",  "y",   "n",  "nan", "inf"};

bool IsPlainStart(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/';
}

bool IsPlainScalar(std::string_view text) {
  // `./x`, `../x`; `.5` and `.inf` are numbers.
  std::string_view rest = text;
  while (rest.starts_with("../")) rest.remove_prefix(3);
  if (rest.empty() || !IsPlainStart(static_cast<unsigned char>(rest[0])) || text.ends_with(' ')) {
    return false;
  }
  const bool has_plain_letters = std::all_of(rest.begin(), rest.end(), [](unsigned char c) {
    return IsPlainStart(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' ||
           c == ' ' || c == '*';
  });
  const std::string lower = Lower(text);
  return has_plain_letters &&
         std::find(kYamlWords.begin(), kYamlWords.end(), lower) == kYamlWords.end();
}

std::string Hex(unsigned code, unsigned digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  while (digits > 0) hex += kDigits[(code >> (4 * --digits)) & 0xfU];
  return hex;
}

// The character that begins at `at`, and its length in bytes; `text` is UTF-8.
struct CodePoint {
  unsigned code = 0;
  std::size_t length = 1;
};
CodePoint CodePointAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  CodePoint point{first, 1};
  if (first >= 0xc0) point = {first & 0x1fU, 2};
  if (first >= 0xe0) point = {first & 0x0fU, 3};
  if (first >= 0xf0) point = {first & 0x07U, 4};
  for (std::size_t i = 1; i < point.length && at + i < text.size(); ++i) {
    point.code = (point.code << 6U) | (byte(at + i) & 0x3fU);
  }
  return point;
}

// Control characters, line breaks of Unicode, and what cannot be seen or is no character.
bool NeedsEscape(unsigned code) {
  return code < 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0x2028 || code == 0x2029 ||
         code == 0xfeff || (code & 0xfffeU) == 0xfffe;
}

std::string EscapedCharacter(unsigned code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return code < 0x100     ? "\\x" + Hex(code, 2)
             : code < 0x10000 ? "\\u" + Hex(code, 4)
                              : "\\U" + Hex(code, 8);
  }
}

}  // namespace

std::string YamlScalar(std::string_view text) {
  if (IsPlainScalar(text)) return std::string(text);
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = CodePointAt(text, at);
    if (NeedsEscape(point.code)) {
      quoted += EscapedCharacter(point.code);
    } else {
      if (text[at] == '"' || text[at] == '\\') quoted += '\\';
      quoted += text.substr(at, point.length);
    }
    at += point.length;
  }
  return quoted + "\"";
}

std::string ProjectScalar(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("${")) escaped += '$';
    escaped += text[at];
  }
  return YamlScalar(escaped);
}

std::string CommentText(std::string_view text, std::size_t longest) {
  std::string comment;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size() && characters < longest; ++characters) {
    const CodePoint point = CodePointAt(text, at);
    if (NeedsEscape(point.code)) {
      comment += ' ';
    } else {
      comment += text.substr(at, point.length);
    }
    at += point.length;
    if (characters + 1 == longest && at < text.size()) comment += "…";
  }
  return comment;
}

}  // namespace assay::contract
