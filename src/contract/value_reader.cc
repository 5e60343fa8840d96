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

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

// Length of the variable's name at the beginning of `text`, 0 when there is none.
std::size_t NameLength(std::string_view text) {
  if (text.empty() || !IsNameStart(text[0])) return 0;
  std::size_t length = 1;
  while (length < text.size() && IsNamePart(text[length])) ++length;
  return length;
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

std::optional<std::string> ValueReader::Expand(const YamlNode& node) {
  const std::string_view text = node.text;
  if (!reads_environment_ || text.find("${") == std::string_view::npos) return node.text;
  std::string expanded;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("$${")) {
      expanded += "${";
      at += 3;
      continue;
    }
    if (!rest.starts_with("${")) {
      expanded += text[at++];
      continue;
    }
    Place place = node.text_place;
    if (text.find('\n') >= at) place.column += CountCharacters(text.substr(0, at));
    const std::size_t length = NameLength(rest.substr(2));
    if (length == 0 || !rest.substr(2 + length).starts_with('}')) {
      diagnostics_.Error(place, "`${` without the name of an environment variable and `}`",
                         "write `$${` for the characters themselves");
      return std::nullopt;
    }
    const std::string name(rest.substr(2, length));
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) {
      diagnostics_.Error(place, "environment variable is not set: " + name,
                         "set it, or write `$${` for the characters `${` themselves");
      return std::nullopt;
    }
    if (FindInvalidUtf8(value)) {
      diagnostics_.Error(place, "environment variable is no UTF-8: " + name, "");
      return std::nullopt;
    }
    expanded += value;
    at += length + 3;
  }
  return expanded;
}

std::optional<std::string> ValueReader::Text(const YamlNode& node, const std::string& what,
                                             bool allows_space) {
  if (!node.is_scalar()) {
    Wrong(node, what, "text", node.is_null() ? "quote it if the word is meant" : "");
    return std::nullopt;
  }
  const std::optional<std::string> text = Expand(node);
  if (!text) return std::nullopt;
  const bool is_space = allows_space && node.quoted && !text->empty();
  if (Trim(*text).empty() && !is_space) {
    diagnostics_.Error(node.place, what + " is empty", "write a value or remove the key");
    return std::nullopt;
  }
  return text;
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
                                                 Place& place) {
  if (node.is_scalar()) {
    place = node.text_place;
    if (!Trim(node.text).empty()) return node.text;
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
  place = Place{TextFiles::Normal(*path), 1, 1};
  diagnostics_.AddText(place.file, text);
  if (!CheckText(place, text, diagnostics_)) return std::nullopt;
  if (Trim(text).empty()) {
    diagnostics_.Error(file->place, "file is empty: " + *path, "");
    return std::nullopt;
  }
  return text;
}

}  // namespace assay::contract
