/// How e-mails write bytes in ASCII: transfer encodings (RFC 2045), encoded words (RFC 2047) and
/// parameters of headers (RFC 2231).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace assay::source {

/// The bytes, and how many characters were none of the encoding and are left out (base64) or stay
/// as they are (quoted-printable).
struct MailBytes {
  std::string bytes;
  std::size_t odd = 0;
};
MailBytes DecodedBase64(std::string_view text);
/// `is_word`: in an encoded word, where `_` is a blank and lines do not end.
MailBytes DecodedQuotedPrintable(std::string_view text, bool is_word);

/// Text of bytes in a charset, appended.
using DecodeMailText =
    std::function<void(std::string_view bytes, std::string_view charset, std::string& text)>;

/// The value of a header with its encoded words and its other bytes (charset: empty) decoded; words
/// that follow each other in one charset are decoded together, since some end within a character.
std::string DecodedMailHeader(std::string_view value, const DecodeMailText& decode);

/// `text/html; charset="utf-8"`: the first word, in lower case, and the parameters by name in lower
/// case, put together and decoded.
struct MailParameters {
  std::string value;
  std::map<std::string, std::string> parameters;
};
MailParameters ParseMailParameters(std::string_view text, const DecodeMailText& decode);

}  // namespace assay::source
