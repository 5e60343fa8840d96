#include "source/xml_path.h"

#include <algorithm>
#include <string_view>

namespace assay::source {
namespace {

// A set of places has one bit for each, and one for the beginning.
constexpr std::size_t kMostSteps = 60;

Error WrongRowPath(const std::string& text) {
  return {ErrorCode::kUser, "not a path of elements: " + text,
          "write element names from the root down, as `/catalog/book`; `*` is any name, `//` any "
          "depth; conditions belong into a step behind"};
}

Error WrongCellPath(const std::string& text) {
  return {ErrorCode::kUser, "not a path from a row to its value: " + text,
          "write element names below the row, as `title` or `bndbox/xmin`; `@id` is an attribute, "
          "`.` the row's own text, `..` the element above"};
}

bool IsNameText(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n[](){}'\"=|,@$/:*<>&!") == text.npos &&
         text.find_first_not_of('.') == 0;
}

// Nullopt where the text is no name.
Result<std::optional<XmlNameTest>> ParseNameTest(std::string_view text,
                                                 const XmlNamespaces& namespaces) {
  XmlNameTest test;
  if (const std::size_t colon = text.find(':'); colon != text.npos) {
    const std::string prefix(text.substr(0, colon));
    if (!IsNameText(prefix)) return std::optional<XmlNameTest>();
    const auto found = std::ranges::find(
        namespaces, prefix, [](const auto& one) -> const std::string& { return one.first; });
    if (found == namespaces.end()) {
      return Error{ErrorCode::kUser, "a prefix that is not declared: " + prefix,
                   "add `namespaces: {" + prefix +
                       ": URI}`, or leave the prefix out: the name is "
                       "then found in every namespace"};
    }
    test.space = found->second;
    text.remove_prefix(colon + 1);
  }
  if (text != "*" && !IsNameText(text)) return std::optional<XmlNameTest>();
  test.local = text == "*" ? "" : std::string(text);
  return std::optional<XmlNameTest>(test);
}

std::vector<std::string_view> SplitAtSlashes(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash == text.npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<XmlRowPath> XmlRowPath::Parse(const std::string& text, const XmlNamespaces& namespaces) {
  XmlRowPath path;
  bool anywhere = !text.starts_with('/');
  const std::string_view rest =
      anywhere ? std::string_view(text) : std::string_view(text).substr(1);
  for (const std::string_view part : SplitAtSlashes(rest)) {
    if (part.empty()) {  // between the slashes of `//`
      if (anywhere) return WrongRowPath(text);
      anywhere = true;
      continue;
    }
    TRY_ASSIGN(const auto name, ParseNameTest(part, namespaces));
    if (!name) return WrongRowPath(text);
    path.steps_.push_back({*name, anywhere});
    anywhere = false;
  }
  if (anywhere || path.steps_.empty() || path.steps_.size() > kMostSteps) return WrongRowPath(text);
  return path;
}

XmlRowPath::Reached XmlRowPath::Below(Reached above, const XmlName& name) const {
  Reached below = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if ((above >> i & 1U) == 0) continue;
    if (steps_[i].name.Matches(name)) below |= Reached{1} << (i + 1);
    if (steps_[i].anywhere) below |= Reached{1} << i;
  }
  return below;
}

Result<XmlCellPath> XmlCellPath::Parse(const std::string& text, const XmlNamespaces& namespaces) {
  XmlCellPath path;
  if (text == ".") return path;
  std::vector<std::string_view> parts = SplitAtSlashes(text);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string_view part = parts[i];
    if (part == "..") {
      if (!path.steps.empty()) return WrongCellPath(text);
      ++path.up;
      continue;
    }
    const bool is_attribute = part.starts_with('@');
    if (is_attribute) part.remove_prefix(1);
    TRY_ASSIGN(const auto name, ParseNameTest(part, namespaces));
    if (!name || (is_attribute && i + 1 < parts.size())) return WrongCellPath(text);
    if (is_attribute) {
      path.attribute = *name;
    } else {
      path.steps.push_back(*name);
    }
  }
  // The text of all that is above a row has the row's own.
  if (path.up > 0 && path.steps.empty() && !path.attribute) return WrongCellPath(text);
  return path;
}

}  // namespace assay::source
