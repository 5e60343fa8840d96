#include "source/text_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>

namespace assay::source {
namespace {

re2::RE2::Options Re2Options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

// The end of a class of characters, `[^]a-z]`, that begins at `at`.
std::size_t EndOfClass(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  if (i < text.size() && text[i] == '^') ++i;
  if (i < text.size() && text[i] == ']') ++i;
  for (; i < text.size() && text[i] != ']'; ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text.substr(i).starts_with("[:")) {
      const std::size_t end = text.find(":]", i + 2);
      if (end != std::string_view::npos) i = end + 1;
    }
  }
  return std::min(i + 1, text.size());
}

// The end of what is not looked into at `at`: an escaped character, a literal text, a class.
std::size_t EndOfOpaque(std::string_view text, std::size_t at) {
  if (text[at] == '[') return EndOfClass(text, at);
  if (text[at] != '\\') return at + 1;
  if (!text.substr(at).starts_with("\\Q")) return std::min(at + 2, text.size());
  const std::size_t end = text.find("\\E", at);
  return end == std::string_view::npos ? text.size() : end + 2;
}

std::size_t NextCharacter(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;) ++at;
  return at;
}

}  // namespace

std::string WithNamedGroupsOfRe2(std::string_view expression) {
  std::string written;
  for (std::size_t at = 0; at < expression.size();) {
    const std::string_view rest = expression.substr(at);
    const bool names_group =
        rest.size() > 3 && rest.starts_with("(?<") && rest[3] != '=' && rest[3] != '!';
    if (names_group) {
      written += "(?P<";
      at += 3;
      continue;
    }
    const std::size_t end = EndOfOpaque(expression, at);
    written += expression.substr(at, end - at);
    at = end;
  }
  return written;
}

Result<TextPattern> TextPattern::Compile(const std::string& expression) {
  const auto compiled =
      std::make_shared<const re2::RE2>(WithNamedGroupsOfRe2(expression), Re2Options());
  if (!compiled->ok()) {
    return Error{ErrorCode::kUser, "not a regular expression: " + compiled->error(),
                 "the syntax is that of RE2: (?P<name>…) names a group; there is no look-ahead, no "
                 "look-behind and no back-reference"};
  }
  TextPattern pattern;
  pattern.compiled_ = compiled;
  for (const auto& [place, name] : compiled->CapturingGroupNames()) {
    // Some versions of RE2 take it.
    if (std::find(pattern.names_.begin(), pattern.names_.end(), name) != pattern.names_.end()) {
      return Error{ErrorCode::kUser,
                   "not a regular expression: duplicate capture group name: " + name,
                   "RE2 gives each group a name of its own: `(?P<name>...)`"};
    }
    pattern.names_.push_back(name);
    pattern.places_.push_back(place);
  }
  return pattern;
}

bool TextPattern::IsFoundIn(std::string_view text) const {
  return compiled_->Match(text, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

bool TextPattern::Capture(std::string_view text,
                          std::vector<std::optional<std::string_view>>& values) const {
  const int last = places_.empty() ? 0 : places_.back();
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(last) + 1);
  if (!compiled_->Match(text, 0, text.size(), re2::RE2::UNANCHORED, found.data(), last + 1)) {
    return false;
  }
  values.clear();
  for (const int place : places_) {
    const re2::StringPiece& piece = found[static_cast<std::size_t>(place)];
    if (piece.data() == nullptr) {
      values.emplace_back(std::nullopt);
    } else {
      values.emplace_back(std::string_view(piece.data(), piece.size()));
    }
  }
  return true;
}

std::vector<std::string_view> TextPattern::FindAll(std::string_view text) const {
  const int taken = compiled_->NumberOfCapturingGroups() > 0 ? 1 : 0;
  re2::StringPiece found[2];
  std::vector<std::string_view> all;
  std::size_t at = 0;
  while (at <= text.size() &&
         compiled_->Match(text, at, text.size(), re2::RE2::UNANCHORED, found, taken + 1)) {
    const re2::StringPiece& piece = found[taken];
    all.push_back(piece.data() == nullptr ? std::string_view()
                                          : std::string_view(piece.data(), piece.size()));
    const auto end = static_cast<std::size_t>(found[0].data() - text.data()) + found[0].size();
    at = found[0].empty() ? NextCharacter(text, end) : end;
  }
  return all;
}

}  // namespace assay::source
