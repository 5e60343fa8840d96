/// Text in the charsets that web pages, documents and e-mails are written in, as UTF-8.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace assay::source {

/// The charset that a label means, by the names of the Encoding Standard of the WHATWG, which calls
/// `latin1` and `us-ascii` windows-1252: `utf-8`, `windows-1252`, `shift_jis`, ... Nullopt for a
/// label that is unknown.
std::optional<std::string> CharsetOf(std::string_view label);

/// The charset that the first bytes of a text tell by a mark or by zero bytes: `utf-8`, `utf-16le`,
/// `utf-16be`; nullopt: none.
std::optional<std::string> CharsetOfMark(std::string_view bytes);

/// Decodes a text that comes in parts.
class CharsetDecoder {
 public:
  /// `charset` as `CharsetOf` gives it. Every byte has a meaning in windows-1252.
  explicit CharsetDecoder(const std::string& charset);
  CharsetDecoder(CharsetDecoder&&) noexcept;
  CharsetDecoder& operator=(CharsetDecoder&&) noexcept;
  ~CharsetDecoder();

  /// False where the system lacks the charset; nothing else may be called then.
  bool is_known() const;
  /// Appends `bytes` in UTF-8, without the mark at the beginning; `is_last`: nothing follows. The
  /// offset, in all bytes so far, of the first that begins no character, where there is one.
  std::optional<std::size_t> Append(std::string_view bytes, bool is_last, std::string& text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All of a text at once.
std::optional<std::size_t> AppendDecodedText(std::string_view bytes, const std::string& charset,
                                             std::string& text);

}  // namespace assay::source
