#include "serve/target.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/letter_case.h"
#include "contract/utf8.h"

namespace assay::serve {
namespace {

constexpr std::size_t kMostParameters = 100;
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

Error Wrong(const std::string& what, std::string_view text) {
  return {ErrorCode::kUser, what + ": " + contract::Escaped(text.substr(0, 100)),
          "encode it as %HH, as in /v1/versions/flights_train%40v1"};
}

std::optional<int> HexDigit(char c) {
  const std::size_t found =
      kHexDigits.find(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  if (found == std::string_view::npos) return std::nullopt;
  return static_cast<int>(found);
}

// `+` is a space in a query alone, where forms write it.
Result<std::string> Decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? HexDigit(text[i + 1]) : std::nullopt;
    const auto low = high ? HexDigit(text[i + 2]) : std::nullopt;
    if (!low) return Wrong("% without two hex digits behind it", text);
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (contract::FindInvalidUtf8(decoded)) return Wrong("decodes to what is no UTF-8", text);
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  };
  if (std::any_of(decoded.begin(), decoded.end(), is_control)) {
    return Wrong("decodes to a control character", text);
  }
  return decoded;
}

Status ReadQuery(std::string_view text, Target& target) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (target.query.size() == kMostParameters) {
      return Error{ErrorCode::kUser,
                   "more query parameters than " + std::to_string(kMostParameters), ""};
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    TRY_ASSIGN(std::string name, Decoded(pair.substr(0, equals), true));
    TRY_ASSIGN(std::string value, Decoded(pair.substr(std::min(equals + 1, pair.size())), true));
    target.query.emplace_back(std::move(name), std::move(value));
  }
  return {};
}

}  // namespace

Result<Target> ParseTarget(std::string_view text) {
  const auto must_be_encoded = [](char c) {
    return c <= 0x20 || c >= 0x7f || c == '#' || c == '\\' || c == '"' || c == '<' || c == '>' ||
           c == '^' || c == '`' || c == '{' || c == '|' || c == '}';
  };
  if (std::any_of(text.begin(), text.end(), must_be_encoded)) {
    return Wrong("the target has a character that must be encoded", text);
  }
  Target target;
  if (const std::size_t scheme = text.find("://");
      scheme != std::string_view::npos && !text.starts_with('/')) {
    const std::string_view rest = text.substr(scheme + 3);
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    target.authority = rest.substr(0, end);
    if (target.authority.empty()) return Wrong("the target names no host", text);
    text = rest.substr(end);
    if (text.empty()) text = "/";
  }
  if (!text.starts_with('/')) return Wrong("the target is no path", text);
  const std::size_t question = std::min(text.find('?'), text.size());
  std::string_view path = text.substr(1, question - 1);
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    TRY_ASSIGN(std::string segment, Decoded(path.substr(0, end), false));
    target.segments.push_back(std::move(segment));
    if (end == path.size()) break;
    path.remove_prefix(end + 1);
  }
  TRY(ReadQuery(text.substr(std::min(question + 1, text.size())), target));
  return target;
}

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~');
    if (plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHexDigits[byte >> 4];
      encoded += kHexDigits[byte & 15];
    }
  }
  return encoded;
}

bool IsLoopbackHost(std::string_view host) {
  std::string_view name = host;
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view port = host.substr(colon + 1);
    const bool digits =
        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || port.size() > 5) return false;
    name = host.substr(0, colon);
  }
  std::string lower = Lower(name);
  if (lower == "localhost" || lower == "[::1]") return true;
  // 127.a.b.c and nothing else: `127.0.0.1.example.org` is a stranger's name.
  int parts = 0;
  while (!lower.empty()) {
    const std::size_t dot = std::min(lower.find('.'), lower.size());
    const std::string part = lower.substr(0, dot);
    const bool number = !part.empty() && part.size() <= 3 &&
                        part.find_first_not_of("0123456789") == std::string::npos &&
                        std::stoi(part) <= 255;
    if (!number || (parts == 0 && part != "127")) return false;
    ++parts;
    if (dot + 1 == lower.size()) return false;
    lower.erase(0, std::min(dot + 1, lower.size()));
  }
  return parts == 4;
}

}  // namespace assay::serve
