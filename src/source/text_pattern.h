/// Regular expressions over texts in UTF-8, in the syntax of RE2: the time that one takes grows
/// with the length of the text alone, whatever the expression.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace assay::source {

class TextPattern {
 public:
  /// kUser where it is no regular expression. A group is named as `(?P<name>…)` or `(?<name>…)`.
  static Result<TextPattern> Compile(const std::string& expression);

  /// Of the groups that have a name, in their order.
  const std::vector<std::string>& names() const { return names_; }

  /// Whether it is found anywhere in the text.
  bool IsFoundIn(std::string_view text) const;
  /// False where it is not found. Else what each named group holds of the first place; nullopt for
  /// a group that took no part. The values point into the text.
  bool Capture(std::string_view text, std::vector<std::optional<std::string_view>>& values) const;
  /// Each place where it is found, from left to right: the first group of the expression, or all
  /// of it where it has none. A group that took no part is empty.
  std::vector<std::string_view> FindAll(std::string_view text) const;

 private:
  // Shared, for it is compiled once and every reading of a table has its own copy of the options.
  std::shared_ptr<const re2::RE2> compiled_;
  std::vector<std::string> names_;
  std::vector<int> places_;  // of the named groups among all
};

/// The same expression with groups named as `(?P<name>…)`.
std::string WithNamedGroupsOfRe2(std::string_view expression);

}  // namespace assay::source
