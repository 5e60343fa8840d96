/// YAML as a tree whose nodes know their place. Knows no schema: a scalar stays the text that was
/// written, so `no` is never false and `1.10` never 1.1; who reads a value knows its type.
///
/// Refused, with a message: tabs as indentation, duplicate keys, anchors, aliases, merge keys,
/// tags, several documents, text that is no UTF-8, more than 4 MB, deeper than 100, over 100,000
/// values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/diagnostic.h"

namespace assay::contract {

struct YamlEntry;

struct YamlNode {
  enum class Form { kNull, kScalar, kList, kMapping };

  Form form = Form::kNull;
  bool quoted = false;  ///< scalars: 'x', "x" or a block, so text whatever it looks like
  std::string text;     ///< scalars
  Place place;
  Place text_place;  ///< scalars: of the text's first character, after a quote or in a block
  std::vector<YamlNode> items;     ///< lists
  std::vector<YamlEntry> entries;  ///< mappings, in the order of the file

  bool is_null() const { return form == Form::kNull; }
  bool is_scalar() const { return form == Form::kScalar; }
  bool is_list() const { return form == Form::kList; }
  bool is_mapping() const { return form == Form::kMapping; }
  /// The value of this key, or nullptr.
  const YamlNode* Find(const std::string& key) const;
};

struct YamlEntry {
  std::string key;
  Place key_place;
  YamlNode value;
};

/// `nothing`, `text`, `a list`, `a mapping`: for messages.
const char* FormText(const YamlNode& node);

/// Parses one document; nothing is returned when there was an error. Remembers the text for
/// `Diagnostics::Render`.
std::optional<YamlNode> ParseYaml(const std::string& file, const std::string& text,
                                  Diagnostics& diagnostics);

/// Parses YAML that stands as a text inside another file and begins at `origin` there.
std::optional<YamlNode> ParseEmbeddedYaml(const Place& origin, const std::string& text,
                                          Diagnostics& diagnostics);

/// The largest file that is read: contracts, project files, SQL.
constexpr std::size_t kMaxTextBytes = std::size_t{4} << 20;

/// Reports a text that cannot be read as text at all: too long, no UTF-8, control characters.
bool CheckText(const Place& origin, const std::string& text, Diagnostics& diagnostics);

/// Reports tabs that indent; tabs inside block texts (`sql: |`) are content and pass.
bool CheckTabs(const Place& origin, const std::vector<std::string>& lines,
               Diagnostics& diagnostics);

}  // namespace assay::contract
