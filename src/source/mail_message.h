/// E-mails (RFC 5322 with MIME) as they are in the wild, taken apart. Knows no file and no source.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::source {

/// What text is in that tells no charset, a wrong one, or one that is unknown.
enum class MailFallback {
  kNone,    ///< such a message cannot be read
  kDetect,  ///< UTF-8 where it is that, else windows-1252
};

struct MailAttachment {
  std::string name;      ///< empty: it has none
  std::string type;      ///< `image/png`
  std::size_t size = 0;  ///< bytes, decoded
};

/// All texts are valid UTF-8, without what they were encoded in.
struct MailMessage {
  std::vector<std::pair<std::string, std::string>> headers;  ///< in order, values on one line
  std::optional<std::string> date;  ///< `2002-08-22 11:26:25+00`: the header `Date`, in UTC
  std::optional<std::string> body;  ///< the parts of plain text, else those of HTML as shown
  std::string body_type;            ///< `text/plain`, `text/html`; empty: there is no body
  std::vector<MailAttachment> attachments;
  std::vector<std::string> problems;  ///< what was found wrong and could be read all the same
  std::string fault_in, fault;        ///< why it cannot be read, and in what; empty as a rule

  /// All values of a header, joined with a comma and a blank; nullopt: it has none.
  std::optional<std::string> All(std::string_view name) const;
  /// The first value.
  std::optional<std::string> First(std::string_view name) const;
};

MailMessage ReadMail(std::string_view bytes, MailFallback fallback);

/// A date of RFC 5322 and of its predecessors, also as other programs write it, as
/// `2002-08-22 11:26:25+00` in UTC; nullopt for what is none or has no known zone.
std::optional<std::string> MailDateInUtc(std::string_view text);

}  // namespace assay::source
