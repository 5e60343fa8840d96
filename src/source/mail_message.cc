#include "source/mail_message.h"

#include <algorithm>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "source/charset.h"
#include "source/html_tables.h"
#include "source/mail_encoding.h"

namespace assay::source {
namespace {

constexpr std::size_t kDeepestMail = 50;
constexpr std::size_t kMostProblems = 100;

using MailHeaders = std::vector<std::pair<std::string, std::string_view>>;

std::string_view LineAt(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return text.substr(at, end == text.npos ? end : end + 1 - at);
}

std::string_view WithoutLineEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// `Name:` at the beginning of a line; npos: none.
std::size_t NameEnd(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ':') return i;
    if (line[i] <= ' ' || line[i] > '~') break;
  }
  return std::string_view::npos;
}

// `text/plain`
bool IsContentType(std::string_view text) {
  return std::count(text.begin(), text.end(), '/') == 1 &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// On one line, without the breaks that fold it.
std::string Unfolded(std::string_view value) {
  std::string line;
  for (const char c : value) {
    if (c != '\r' && c != '\n') line += c;
  }
  return std::string(contract::Trim(line));
}

std::string_view RawHeader(const MailHeaders& headers, std::string_view name) {
  for (const auto& [one, value] : headers) {
    if (Lower(one) == name) return value;
  }
  return "";
}

class MailReader {
 public:
  explicit MailReader(MailFallback fallback) : fallback_(fallback) {}

  MailMessage Read(std::string_view bytes) {
    if (bytes.starts_with("From ")) bytes.remove_prefix(LineAt(bytes, 0).size());
    MailHeaders headers;
    const std::string_view content = TakeHeaders(bytes, headers);
    if (headers.empty()) {
      mail_.fault = "no e-mail: it begins with no header";
      return std::move(mail_);
    }
    for (const auto& [name, value] : headers) {
      mail_.headers.emplace_back(name, Header(name, value));
    }
    if (const auto date = mail_.First("date")) {
      mail_.date = MailDateInUtc(*date);
      if (!mail_.date) {
        Problem("not a date with a known zone: " + contract::Printable(date->substr(0, 100)));
      }
    } else {
      Problem("no date");
    }
    ReadPart(headers, content, "text/plain", 0, false);
    if (!plain_.empty()) {
      mail_.body_type = "text/plain";
      mail_.body = Joined(plain_);
      // What HTML stands beside it is told of.
      mail_.attachments.insert(mail_.attachments.end(), html_parts_.begin(), html_parts_.end());
    } else if (!html_.empty()) {
      mail_.body_type = "text/html";
      mail_.body = Joined(html_);
    }
    return std::move(mail_);
  }

 private:
  void Problem(std::string text) {
    if (mail_.problems.size() < kMostProblems) mail_.problems.push_back(std::move(text));
  }

  void Fault(const std::string& where, const std::string& reason) {
    if (!mail_.fault.empty()) return;
    mail_.fault_in = where;
    mail_.fault = reason;
  }

  static std::string Joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) {
      if (!all.empty() && !all.ends_with('\n')) all += '\n';
      all += text;
    }
    return all;
  }

  // Takes the header lines off; what is left begins behind the empty line.
  std::string_view TakeHeaders(std::string_view bytes, MailHeaders& headers) {
    std::size_t at = 0;
    while (at < bytes.size()) {
      const std::string_view line = LineAt(bytes, at);
      if (WithoutLineEnd(line).empty()) {
        at += line.size();
        break;
      }
      if (line[0] == ' ' || line[0] == '\t') {
        if (headers.empty()) {
          Problem("the first header line continues none");
        } else {
          std::string_view& value = headers.back().second;
          value = {value.data(),
                   static_cast<std::size_t>(line.data() + line.size() - value.data())};
        }
        at += line.size();
        continue;
      }
      const std::size_t colon = NameEnd(line);
      if (colon == std::string_view::npos) {
        if (!headers.empty()) Problem("no empty line behind the headers");
        break;
      }
      if (colon == 0) {
        Problem("a header without a name");
        // What continues it is of no other.
        headers.emplace_back("", line.substr(1));
      } else {
        headers.emplace_back(std::string(line.substr(0, colon)), line.substr(colon + 1));
      }
      at += line.size();
    }
    std::erase_if(headers, [](const auto& header) { return header.first.empty(); });
    return bytes.substr(std::min(at, bytes.size()));
  }

  std::string Header(const std::string& name, std::string_view value) {
    std::string text = DecodedMailHeader(Unfolded(value), DecoderOf(name));
    // Encoded words may hold line ends.
    std::ranges::replace_if(
        text, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    return text;
  }

  DecodeMailText DecoderOf(const std::string& where) {
    return [this, where](std::string_view bytes, std::string_view charset, std::string& text) {
      Decode(where, bytes, charset, text);
    };
  }

  // `charset` empty: none is told.
  void Decode(const std::string& where, std::string_view bytes, std::string_view label,
              std::string& text) {
    const std::size_t before = text.size();
    const std::string told = Lower(contract::Trim(label));
    const bool is_ascii = told.empty() || told == "us-ascii" || told == "ascii";
    const auto charset = CharsetOf(told);
    const auto high =
        std::ranges::find_if(bytes, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    std::string reason;
    if (is_ascii || !charset) {
      // Text of ASCII alone is that in nearly all charsets, but not in those of escapes.
      const bool is_plain = high == bytes.end() && bytes.find('\x1b') == bytes.npos;
      const std::size_t offset = static_cast<std::size_t>(high - bytes.begin());
      if (is_ascii && high == bytes.end()) {
        text += bytes;
      } else if (!charset && told != "" && !(is_plain && told != "utf-7")) {
        reason = "an unknown charset: " + contract::Escaped(told.substr(0, 60));
      } else if (!charset && told != "") {
        text += bytes;
        Problem(where + ": an unknown charset: " + contract::Escaped(told.substr(0, 60)));
      } else {
        reason = told.empty() ? "no charset is told" : "not " + told;
        reason += ": the byte " + std::to_string(static_cast<unsigned char>(bytes[offset])) +
                  " at offset " + std::to_string(offset);
      }
    } else if (const auto fault = AppendDecodedText(bytes, *charset, text)) {
      text.resize(before);
      reason = "not " + told + " at offset " + std::to_string(*fault);
    }
    if (!reason.empty()) FallBack(where, reason, bytes, text);
    if (text.find('\0', before) != text.npos) Fault(where, "no text: a zero character");
  }

  void FallBack(const std::string& where, const std::string& reason, std::string_view bytes,
                std::string& text) {
    if (fallback_ == MailFallback::kNone) return Fault(where, reason);
    const bool is_utf8 = !contract::FindInvalidUtf8(bytes);
    const char* charset = is_utf8 ? "utf-8" : "windows-1252";
    Problem(where + ": " + reason + "; taken for " + charset);
    static_cast<void>(AppendDecodedText(bytes, charset, text));
  }

  std::string Content(const MailHeaders& headers, std::string_view content) {
    const std::string encoding = Lower(Unfolded(RawHeader(headers, "content-transfer-encoding")));
    const std::string word = encoding.substr(0, encoding.find_first_of(" \t;("));
    MailBytes decoded;
    if (word == "base64") {
      decoded = DecodedBase64(content);
      // Text that was never encoded.
      if (decoded.odd > content.size() / 10 + 10) {
        Problem("not base64, as its header says; taken as it is");
        return std::string(content);
      }
    } else if (word == "quoted-printable") {
      decoded = DecodedQuotedPrintable(content, false);
    } else {
      const bool is_known = word.empty() || word == "7bit" || word == "8bit" || word == "binary";
      if (!is_known) {
        Problem("an unknown transfer encoding: " + contract::Escaped(word.substr(0, 60)));
      }
      return std::string(content);
    }
    if (decoded.odd > 0) {
      Problem(std::to_string(decoded.odd) + " characters that are not " + word);
    }
    return std::move(decoded.bytes);
  }

  static std::string WithLineFeeds(std::string_view text) {
    std::string lines;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
      lines += text[i];
    }
    return lines;
  }

  void ReadPart(const MailHeaders& headers, std::string_view content, const std::string& by_default,
                std::size_t depth, bool is_alternative) {
    const auto parse = [&](const char* name) {
      return ParseMailParameters(Unfolded(RawHeader(headers, name)), DecoderOf(name));
    };
    MailParameters type = parse("content-type");
    if (!IsContentType(type.value)) {
      if (!type.value.empty()) {
        Problem("not a type of content: " + contract::Printable(type.value.substr(0, 60)));
      }
      type.value = type.value.empty() ? by_default : "text/plain";
    }
    if (type.value.starts_with("multipart/")) {
      if (depth < kDeepestMail && ReadParts(type, content, depth, is_alternative)) return;
      type.value = "text/plain";
    }
    const MailParameters disposition = parse("content-disposition");
    const std::string bytes = Content(headers, content);
    const bool is_html = type.value == "text/html";
    const bool is_attached = disposition.value == "attachment";
    const auto named = disposition.parameters.find("filename");
    MailAttachment attachment{
        named == disposition.parameters.end() ? type.parameters["name"] : named->second, type.value,
        bytes.size()};
    if (is_attached || (!is_html && type.value != "text/plain")) {
      mail_.attachments.push_back(std::move(attachment));
      return;
    }
    std::string text;
    Decode("body", bytes, type.parameters["charset"], text);
    if (!is_html) {
      plain_.push_back(WithLineFeeds(text));
      return;
    }
    if (!mail_.fault.empty()) return;
    const auto shown = ShownTextOf(text);
    if (!shown.ok()) return Fault("body", shown.error().message);
    html_.push_back(*shown);
    if (!is_alternative) html_parts_.push_back(std::move(attachment));
  }

  // False where there are none.
  bool ReadParts(MailParameters& type, std::string_view content, std::size_t depth,
                 bool is_in_alternative) {
    const std::string boundary = type.parameters["boundary"];
    if (boundary.empty()) {
      Problem("parts without a boundary between them");
      return false;
    }
    std::vector<std::string_view> parts;
    std::size_t begin = std::string_view::npos;
    bool has_end = false;
    for (std::size_t at = 0; at < content.size() && !has_end;) {
      const std::string_view line = LineAt(content, at);
      const std::string_view text = contract::Trim(line);
      const bool is_boundary =
          text.starts_with("--") && text.substr(2).starts_with(boundary) && line.starts_with("--");
      const std::string_view rest = is_boundary ? text.substr(2 + boundary.size()) : "-";
      if (rest.empty() || rest == "--") {
        if (begin != content.npos) {
          parts.push_back(WithoutLineEnd(content.substr(begin, at - begin)));
        }
        begin = at + line.size();
        has_end = rest == "--";
      }
      at += line.size();
    }
    if (begin == std::string_view::npos) {
      Problem("the boundary between parts is nowhere");
      return false;
    }
    if (!has_end) {
      Problem("the last part has no end");
      parts.push_back(content.substr(std::min(begin, content.size())));
    }
    const bool is_alternative = is_in_alternative || type.value == "multipart/alternative";
    const std::string by_default =
        type.value == "multipart/digest" ? "message/rfc822" : "text/plain";
    for (const std::string_view part : parts) {
      MailHeaders headers;
      const std::string_view inner = TakeHeaders(part, headers);
      ReadPart(headers, inner, by_default, depth + 1, is_alternative);
    }
    return true;
  }

  MailFallback fallback_;
  MailMessage mail_;
  std::vector<std::string> plain_, html_;
  std::vector<MailAttachment> html_parts_;  // not alternatives of another
};

}  // namespace

std::optional<std::string> MailMessage::All(std::string_view name) const {
  std::optional<std::string> all;
  for (const auto& [one, value] : headers) {
    if (Lower(one) != name) continue;
    all = all ? *all + ", " + value : value;
  }
  return all;
}

std::optional<std::string> MailMessage::First(std::string_view name) const {
  for (const auto& [one, value] : headers) {
    if (Lower(one) == name) return value;
  }
  return std::nullopt;
}

MailMessage ReadMail(std::string_view bytes, MailFallback fallback) {
  return MailReader(fallback).Read(bytes);
}

}  // namespace assay::source
