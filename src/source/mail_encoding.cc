#include "source/mail_encoding.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/letter_case.h"
#include "contract/utf8.h"

namespace assay::source {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kMailBlanks = " \t\r\n";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of two digits behind a mark at `at`.
std::optional<char> HexByte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  const int high = HexDigit(text[at + 1]);
  const int low = HexDigit(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

bool IsBlankMail(std::string_view text) { return text.find_first_not_of(kMailBlanks) == text.npos; }

// `=?charset?B?text?=` at the beginning of a text.
struct EncodedWord {
  std::string charset;
  std::string bytes;
  std::size_t size = 0;
};
std::optional<EncodedWord> WordAt(std::string_view text) {
  const std::size_t charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end + 2 >= text.size()) return std::nullopt;
  const char encoding = text[charset_end + 1];
  if (text[charset_end + 2] != '?') return std::nullopt;
  const std::size_t begin = charset_end + 3;
  const std::size_t end = text.find("?=", begin);
  if (end == text.npos) return std::nullopt;
  const std::string_view charset = text.substr(2, charset_end - 2);
  const std::string_view inner = text.substr(begin, end - begin);
  if (charset.empty() || charset.find_first_of(" \t\r\n") != charset.npos) return std::nullopt;
  EncodedWord word;
  word.charset = charset.substr(0, charset.find('*'));  // what follows is the language
  word.size = end + 2;
  if (encoding == 'b' || encoding == 'B') {
    word.bytes = DecodedBase64(inner).bytes;
  } else if (encoding == 'q' || encoding == 'Q') {
    word.bytes = DecodedQuotedPrintable(inner, true).bytes;
  } else {
    return std::nullopt;
  }
  return word;
}

// Parameter text behind `=`, to the semicolon that ends it; takes it off.
std::string TakeParameterText(std::string_view& rest) {
  std::string text;
  bool is_quoted = false;
  while (!rest.empty() && (is_quoted || rest[0] != ';')) {
    if (rest[0] == '"') {
      is_quoted = !is_quoted;
    } else if (is_quoted && rest[0] == '\\' && rest.size() > 1) {
      rest.remove_prefix(1);
      text += rest[0];
    } else {
      text += rest[0];
    }
    rest.remove_prefix(1);
  }
  return std::string(contract::Trim(text));
}

std::string DecodedPercents(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? HexByte(text, i) : std::nullopt;
    bytes += byte.value_or(text[i]);
    if (byte) i += 2;
  }
  return bytes;
}

// `name*0*`, one piece of a parameter.
struct Piece {
  std::string text;
  bool is_encoded = false;
};

std::string JoinedPieces(const std::map<int, Piece>& pieces, const DecodeMailText& decode) {
  std::string charset;
  std::string bytes;
  bool is_encoded = false;
  for (const auto& [number, piece] : pieces) {
    std::string_view text = piece.text;
    if (piece.is_encoded && bytes.empty()) {  // utf-8'en'text
      const std::size_t first = text.find('\'');
      const std::size_t second = first == text.npos ? first : text.find('\'', first + 1);
      if (second != text.npos) {
        charset = text.substr(0, first);
        text.remove_prefix(second + 1);
      }
    }
    is_encoded = is_encoded || piece.is_encoded;
    bytes += piece.is_encoded ? DecodedPercents(text) : std::string(text);
  }
  if (!is_encoded) return DecodedMailHeader(bytes, decode);
  std::string text;
  decode(bytes, charset, text);
  return text;
}

}  // namespace

MailBytes DecodedBase64(std::string_view text) {
  MailBytes decoded;
  unsigned bits = 0;
  int have = 0;
  for (const char c : text) {
    if (kMailBlanks.find(c) != kMailBlanks.npos) continue;
    if (c == '=') {
      have = 0;
      continue;
    }
    const std::size_t value = kBase64.find(c);
    if (value == kBase64.npos) {
      ++decoded.odd;
      continue;
    }
    bits = (bits << 6U) | static_cast<unsigned>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    decoded.bytes += static_cast<char>((bits >> static_cast<unsigned>(have)) & 0xffU);
  }
  if (have == 6) ++decoded.odd;  // one character says no byte
  return decoded;
}

MailBytes DecodedQuotedPrintable(std::string_view text, bool is_word) {
  MailBytes decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_word && c == '_') {
      decoded.bytes += ' ';
      continue;
    }
    if (!is_word && (c == ' ' || c == '\t')) {  // at the end of a line they were added on the way
      const std::size_t end = text.find_first_not_of(" \t", i);
      const std::size_t stop = std::min(end, text.size());
      const bool ends = stop == text.size() || text[stop] == '\n' || text.substr(stop, 2) == "\r\n";
      if (!ends) decoded.bytes += text.substr(i, stop - i);
      i = stop - 1;
      continue;
    }
    if (c != '=') {
      decoded.bytes += c;
      continue;
    }
    if (const auto byte = HexByte(text, i)) {
      decoded.bytes += *byte;
      i += 2;
      continue;
    }
    const std::size_t next = std::min(text.find_first_not_of(" \t", i + 1), text.size());
    if (!is_word && (next == text.size() || text[next] == '\n')) {
      i = next;
    } else if (!is_word && text.substr(next, 2) == "\r\n") {
      i = next + 1;
    } else {
      ++decoded.odd;
      decoded.bytes += c;
    }
  }
  return decoded;
}

std::string DecodedMailHeader(std::string_view value, const DecodeMailText& decode) {
  std::string text;
  std::string plain;    // since the last word
  std::string charset;  // of the words that are gathered
  std::string bytes;
  const auto end_words = [&] {
    if (!charset.empty()) decode(bytes, charset, text);
    charset.clear();
    bytes.clear();
  };
  const auto end_plain = [&] {
    if (!plain.empty()) decode(plain, "", text);
    plain.clear();
  };
  for (std::size_t i = 0; i < value.size();) {
    const auto word = value.substr(i).starts_with("=?") ? WordAt(value.substr(i)) : std::nullopt;
    if (!word) {
      plain += value[i++];
      continue;
    }
    i += word->size;
    const bool follows = !charset.empty() && IsBlankMail(plain);
    if (follows) plain.clear();  // blanks between words are none
    if (!follows || Lower(charset) != Lower(word->charset)) {
      end_words();
      end_plain();
    }
    charset = word->charset;
    bytes += word->bytes;
  }
  end_words();
  end_plain();
  return text;
}

MailParameters ParseMailParameters(std::string_view text, const DecodeMailText& decode) {
  MailParameters parsed;
  parsed.value = Lower(contract::Trim(text.substr(0, text.find(';'))));
  std::string_view rest = text.substr(std::min(text.find(';'), text.size()));
  std::map<std::string, std::map<int, Piece>> pieces;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    const std::size_t equals = rest.find_first_of("=;");
    if (equals == rest.npos) break;
    const bool has_value = rest[equals] == '=';
    std::string name = Lower(contract::Trim(rest.substr(0, equals)));
    rest.remove_prefix(equals);
    if (!has_value) continue;
    rest.remove_prefix(1);
    Piece piece{TakeParameterText(rest), name.ends_with('*')};
    if (piece.is_encoded) name.pop_back();
    int number = 0;
    if (const std::size_t star = name.rfind('*'); star != name.npos) {
      const std::string digits = name.substr(star + 1);
      const bool is_number = !digits.empty() && digits.size() < 5 &&
                             digits.find_first_not_of("0123456789") == digits.npos;
      number = is_number ? std::stoi(digits) : 0;
      name.resize(star);
    }
    pieces[name].try_emplace(number, std::move(piece));
  }
  for (const auto& [name, numbered] : pieces) {
    parsed.parameters[name] = JoinedPieces(numbered, decode);
  }
  return parsed;
}

}  // namespace assay::source
