// Values that every section of the file has; the parameters of kinds are in param_value.cc.
#include "contract/value_reader.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "contract/number_text.h"
#include "contract/project.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

constexpr std::string_view kOpening = "${";
constexpr std::string_view kEscaped = "$${";
constexpr std::string_view kVariable = "${vars.";
constexpr std::string_view kEscapedVariable = "$${vars.";
constexpr const char* kTooLong = "text is longer than 4 MB once its variables are put in";

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

// Length of the variable's name at the beginning of `text`, 0 when there is none.
std::size_t NameLength(std::string_view text) {
  if (text.empty() || !IsNameStart(text[0])) return 0;
  std::size_t length = 1;
  while (length < text.size() && IsNamePart(text[length])) ++length;
  return length;
}

// `NAME` of a `${NAME}` that begins `rest`, where `opening` stands before the name; else empty.
std::string_view NameIn(std::string_view rest, std::string_view opening) {
  const std::string_view after = rest.substr(opening.size());
  const std::size_t length = NameLength(after);
  return after.substr(length).starts_with('}') ? after.substr(0, length) : std::string_view();
}

}  // namespace

bool IsNodeOutput(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return IsNodeName(text);
  return IsNodeName(text.substr(0, dot)) && IsNodeName(text.substr(dot + 1));
}

void ValueReader::Wrong(const YamlNode& node, const std::string& what, const std::string& expected,
                        const std::string& hint) {
  diagnostics_.Error(node.place, what + " must be " + expected + ", found " + FormText(node), hint);
}

const Variable* ValueReader::FindVariable(std::string_view rest) const {
  const std::string_view name = NameIn(rest, kVariable);
  if (variables_ == nullptr || name.empty()) return nullptr;
  const auto found = variables_->find(std::string(name));
  return found == variables_->end() ? nullptr : &found->second;
}

void ValueReader::ReportVariable(std::string_view rest, const Place& place) {
  const std::string name(NameIn(rest, kVariable));
  if (name.empty()) {
    diagnostics_.Error(place, "`${vars.` without the name of a variable and `}`",
                       "write ${vars.NAME}, or `$${vars.` for the characters themselves");
  } else if (variables_ == nullptr) {
    diagnostics_.Error(place, "a variable cannot stand here: ${vars." + name + "}",
                       "write its text: `vars` and `include` are read before there are variables");
  } else {
    std::vector<std::string> known;
    known.reserve(variables_->size());
    for (const auto& [each, variable] : *variables_) known.push_back(each);
    diagnostics_.Error(
        place, "no such variable: " + name,
        known.empty() ? "declare it under `vars:`" : NearestHint(name, known, "variables"));
  }
}

void ValueReader::ReportEnvironment(std::string_view rest, const Place& place) {
  const std::string name(NameIn(rest, kOpening));
  if (name.empty()) {
    diagnostics_.Error(place, "`${` without the name of an environment variable and `}`",
                       "write `$${` for the characters themselves");
  } else if (std::getenv(name.c_str()) != nullptr) {
    diagnostics_.Error(place, "environment variable is no UTF-8: " + name, "");
  } else {
    const bool is_ours = variables_ != nullptr && variables_->contains(name);
    diagnostics_.Error(place, "environment variable is not set: " + name,
                       is_ours ? "write ${vars." + name + "} for the variable of the project"
                               : "set it, or write `$${` for the characters `${` themselves");
  }
}

template <typename PlaceOf>
std::optional<std::size_t> ValueReader::AppendValue(std::string_view rest, Expanded& expanded,
                                                    PlaceOf place) {
  if (rest.starts_with(kVariable)) {
    const Variable* variable = FindVariable(rest);
    if (variable == nullptr) {
      ReportVariable(rest, place());
      return std::nullopt;
    }
    expanded.text += variable->text;
    expanded.from_environment = expanded.from_environment || variable->from_environment;
    return kVariable.size() + NameIn(rest, kVariable).size() + 1;
  }
  const std::string name(NameIn(rest, kOpening));
  const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
  if (value == nullptr || FindInvalidUtf8(value)) {
    ReportEnvironment(rest, place());
    return std::nullopt;
  }
  expanded.text += value;
  expanded.from_environment = true;
  return kOpening.size() + name.size() + 1;
}

std::optional<Expanded> ValueReader::Expand(const YamlNode& node) {
  const std::string_view text = node.text;
  if (!reads_environment_ || text.find(kOpening) == std::string_view::npos) {
    return Expanded{node.text};
  }
  Expanded expanded;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(kEscaped)) {
      expanded.text += kOpening;
      at += kEscaped.size();
      continue;
    }
    if (!rest.starts_with(kOpening)) {
      expanded.text += text[at++];
      continue;
    }
    const std::optional<std::size_t> length = AppendValue(rest, expanded, [&] {
      Place place = node.text_place;
      if (text.find('\n') >= at) place.column += CountCharacters(text.substr(0, at));
      return place;
    });
    if (!length) return std::nullopt;
    at += *length;
    if (expanded.text.size() > kMaxTextBytes) {
      diagnostics_.Error(node.place, kTooLong, "");
      return std::nullopt;
    }
  }
  return expanded;
}

std::optional<std::string> ValueReader::PutVariablesIn(const std::string& written,
                                                       TextPlace& place) {
  if (!reads_environment_ || written.find(kVariable) == std::string::npos) return written;
  place.written = written;
  std::string text;
  for (std::size_t at = 0; at < written.size();) {
    const std::string_view rest = std::string_view(written).substr(at);
    const bool is_escaped = rest.starts_with(kEscapedVariable);
    if (!is_escaped && !rest.starts_with(kVariable)) {
      text += written[at++];
      continue;
    }
    const Variable* variable = is_escaped ? nullptr : FindVariable(rest);
    if (!is_escaped && variable == nullptr) {
      ReportVariable(rest, place.Of(text, text.size()));
      return std::nullopt;
    }
    const std::size_t length = is_escaped ? kEscapedVariable.size()
                                          : kVariable.size() + NameIn(rest, kVariable).size() + 1;
    if (variable != nullptr && variable->from_environment) {
      diagnostics_.Error(place.Of(text, text.size()),
                         "a text cannot hold what an environment variable says: " +
                             std::string(rest.substr(0, length)),
                         "it would stand in plans and in the store; give the variable its text in "
                         "`vars:` or in environments/NAME.yaml");
      return std::nullopt;
    }
    const std::string_view value = is_escaped ? kVariable : std::string_view(variable->text);
    place.put_in.push_back({at, length, text.size(), value.size()});
    text += value;
    at += length;
    if (text.size() > kMaxTextBytes) {
      diagnostics_.Error(place, kTooLong, "");
      return std::nullopt;
    }
  }
  return text;
}

std::optional<std::string> ValueReader::Text(const YamlNode& node, const std::string& what,
                                             bool allows_space) {
  if (!node.is_scalar()) {
    Wrong(node, what, "text", node.is_null() ? "quote it if the word is meant" : "");
    return std::nullopt;
  }
  std::optional<Expanded> expanded = Expand(node);
  if (!expanded) return std::nullopt;
  std::string& text = expanded->text;
  const bool is_space = allows_space && node.quoted && !text.empty();
  if (Trim(text).empty() && !is_space) {
    diagnostics_.Error(node.place, what + " is empty", "write a value or remove the key");
    return std::nullopt;
  }
  return std::move(text);
}

std::optional<bool> ValueReader::Bool(const YamlNode& node, const std::string& what) {
  const std::optional<std::string> text = Text(node, what);
  if (!text) return std::nullopt;
  for (const char* word : {"true", "True", "TRUE"}) {
    if (*text == word) return true;
  }
  for (const char* word : {"false", "False", "FALSE"}) {
    if (*text == word) return false;
  }
  diagnostics_.Error(node.place, what + " must be true or false, found: " + *text,
                     "write true or false");
  return std::nullopt;
}

std::optional<std::int64_t> ValueReader::Integer(const YamlNode& node, const std::string& what) {
  const std::optional<std::string> text = Text(node, what);
  if (!text) return std::nullopt;
  Result<std::int64_t> value = ParseInteger(*text);
  if (value.ok()) return *value;
  diagnostics_.Error(node.place, what + ": " + value.error().message, value.error().hint);
  return std::nullopt;
}

std::optional<Threshold> ValueReader::ReadThreshold(const YamlNode& node, const std::string& what) {
  const std::optional<std::string> text = Text(node, what);
  if (!text) return std::nullopt;
  Result<Threshold> value = ParseThreshold(*text);
  if (value.ok()) return *value;
  diagnostics_.Error(node.place, what + ": " + value.error().message, value.error().hint);
  return std::nullopt;
}

std::optional<std::vector<std::string>> ValueReader::Texts(const YamlNode& node,
                                                           const std::string& what) {
  std::vector<std::string> texts;
  if (!node.is_list()) {
    const std::optional<std::string> text = Text(node, what);
    if (!text) return std::nullopt;
    texts.push_back(*text);
    return texts;
  }
  bool fine = true;
  std::set<std::string> seen;
  for (const YamlNode& item : node.items) {
    const std::optional<std::string> text = Text(item, what);
    fine = fine && text.has_value();
    if (!text) continue;
    if (!seen.insert(*text).second) {
      diagnostics_.Error(item.place, what + " names one thing twice: " + *text, "name it once");
      fine = false;
    }
    texts.push_back(*text);
  }
  if (node.items.empty()) {
    diagnostics_.Error(node.place, what + " is an empty list", "write at least one item");
    fine = false;
  }
  if (!fine) return std::nullopt;
  return texts;
}

std::optional<std::string> ValueReader::Choice(const YamlNode& node, const std::string& what,
                                               const std::vector<std::string>& choices) {
  const std::optional<std::string> text = Text(node, what);
  if (!text) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), *text) != choices.end()) return text;
  diagnostics_.Error(node.place, what + " must be one of " + Join(choices) + ", found: " + *text,
                     NearestHint(*text, choices, "write one of"));
  return std::nullopt;
}

std::optional<Owner> ValueReader::ReadOwner(const YamlNode& node) {
  const std::string form = "write `owner: {name: NAME, email: EMAIL}`";
  if (!node.is_mapping()) {
    Wrong(node, "owner", "a mapping", form);
    return std::nullopt;
  }
  MappingReader mapping(node, "owner", diagnostics_);
  Owner owner;
  if (const YamlNode* name = mapping.Take("name")) owner.name = Text(*name, "name").value_or("");
  if (const YamlNode* email = mapping.Take("email")) {
    owner.email = Text(*email, "email").value_or("");
    if (!owner.email.empty() && owner.email.find('@') == std::string::npos) {
      diagnostics_.Error(email->place, "not an email address: " + owner.email,
                         "write NAME@HOST, or only `name`");
    }
  }
  mapping.Finish();
  if (mapping.node().entries.empty()) diagnostics_.Error(node.place, "owner is empty", form);
  return owner;
}

std::optional<std::string> ValueReader::NodeOutput(const YamlNode& node, const std::string& what) {
  const std::optional<std::string> text = Text(node, what);
  if (!text || IsNodeOutput(*text)) return text;
  diagnostics_.Error(node.place, what + " is not the name of a node: " + *text,
                     "write the name of a source, step or gate, or an output such as gate.refused");
  return std::nullopt;
}

std::optional<std::string> ValueReader::LongText(const YamlNode& node, const std::string& what,
                                                 TextPlace& place) {
  if (node.is_scalar()) {
    place = TextPlace{node.text_place, {}, {}};
    std::optional<std::string> text = PutVariablesIn(node.text, place);
    if (!text || !Trim(*text).empty()) return text;
    diagnostics_.Error(node.place, what + " is empty", "write a text or {file: PATH}");
    return std::nullopt;
  }
  if (!node.is_mapping() || files_ == nullptr) {
    Wrong(node, what, files_ == nullptr ? "text" : "text or {file: PATH}",
          files_ == nullptr ? "write the text here; a contract stands alone" : "");
    return std::nullopt;
  }
  MappingReader mapping(node, what, diagnostics_);
  const YamlNode* file = mapping.Need("file", node.place, "write {file: PATH}");
  mapping.Finish();
  if (file == nullptr) return std::nullopt;
  const std::optional<std::string> path = Text(*file, "file");
  if (!path) return std::nullopt;
  Result<std::string> read = files_->Read(*path);
  if (!read.ok()) {
    diagnostics_.Error(file->place, read.error().message, read.error().hint);
    return std::nullopt;
  }
  std::string text(WithoutByteOrderMark(*read));
  place = TextPlace{Place{TextFiles::Normal(*path), 1, 1}, {}, {}};
  diagnostics_.AddText(place.file, text);
  if (!CheckText(place, text, diagnostics_)) return std::nullopt;
  if (Trim(text).empty()) {
    diagnostics_.Error(file->place, "file is empty: " + *path, "");
    return std::nullopt;
  }
  return PutVariablesIn(text, place);
}

}  // namespace assay::contract
