// The parameters of kinds, by their declared types.
#include <algorithm>
#include <cstdlib>

#include "contract/number_text.h"
#include "contract/project.h"
#include "contract/utf8.h"
#include "contract/value_reader.h"

namespace assay::contract {
namespace {

bool IsPlainName(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

template <typename Value>
std::optional<Json> AsJson(std::optional<Value> value) {
  if (!value) return std::nullopt;
  return Json(*std::move(value));
}

// A mistake that begins with the name of a value, `pattern: …`, is where that is written.
const Place& PlaceOfMistake(const std::string& message, const std::map<std::string, Place>& places,
                            const Place& otherwise) {
  const auto found = places.find(message.substr(0, message.find(':')));
  return found == places.end() ? otherwise : found->second;
}

}  // namespace

std::string ParamForm(const Param& param) {
  switch (param.type) {
    case ParamType::kString:
      return "text";
    case ParamType::kText:
      return "a text or {file: PATH}";
    case ParamType::kInteger:
      return "a whole number";
    case ParamType::kNumber:
      return "a number";
    case ParamType::kBool:
      return "true or false";
    case ParamType::kColumn:
      return "a column";
    case ParamType::kColumns:
      return "a column or a list of columns";
    case ParamType::kInput:
      return "the name of a node";
    case ParamType::kInputs:
      return "the name of a node or a list of them";
    case ParamType::kPath:
      return "a path";
    case ParamType::kPaths:
      return "a path or a list of paths";
    case ParamType::kScalar:
      return "a value";
    case ParamType::kScalars:
      return "a list of values";
    case ParamType::kTime:
      return "a date or timestamp such as 2001-05-01";
    case ParamType::kShare:
      return "a percentage such as 80 %";
    case ParamType::kRange:
      return "two numbers such as [0, 100] or [10 %, 30 %]";
    case ParamType::kNames:
      return "a list of names";
    case ParamType::kChoice:
      return "one of " + Join(param.choices);
    case ParamType::kMapping:
      return "a mapping of names to text";
    case ParamType::kCellTypes:
      return "a mapping of columns to types";
    case ParamType::kExpression:
      return "an SQL expression";
    case ParamType::kExpressions:
      return "a mapping of names to SQL expressions";
    case ParamType::kTaxonomy:
      return "a mapping of labels to their other spellings, or {file: PATH}";
    case ParamType::kSecret:
      return "an environment variable as ${NAME}";
  }
  return "a value";
}

std::optional<Json> ValueReader::ScalarValue(const std::string& what, const YamlNode& node) {
  if (!node.is_scalar()) {
    Wrong(node, what, "a single value",
          node.is_null() ? "write '' for an empty text, 'null' for the word" : "");
    return std::nullopt;
  }
  const std::optional<Expanded> expanded = Expand(node);
  if (!expanded) return std::nullopt;
  return Json(expanded->text);
}

std::optional<Json> ValueReader::ScalarList(const Param& param, const YamlNode& node) {
  if (!node.is_list()) {
    Wrong(node, param.name, "a list", "write [a, b]");
    return std::nullopt;
  }
  Json list = Json::array();
  bool fine = true;
  for (const YamlNode& item : node.items) {
    std::optional<Json> value = ScalarValue(param.name, item);
    fine = fine && value.has_value();
    if (value) list.push_back(*std::move(value));
  }
  if (node.items.empty()) {
    diagnostics_.Error(node.place, param.name + " is an empty list", "write at least one item");
    fine = false;
  }
  if (!fine) return std::nullopt;
  return list;
}

std::optional<Json> ValueReader::Range(const Param& param, const YamlNode& node) {
  const std::string form = "write [10 %, 30 %] or [0, 100]; null leaves a side open";
  if (!node.is_list() || node.items.size() != 2) {
    diagnostics_.Error(node.place, param.name + " must be a list of two numbers or percentages",
                       form);
    return std::nullopt;
  }
  std::vector<std::string> sides;
  std::vector<bool> percents;
  for (const YamlNode& item : node.items) {
    if (item.is_null()) {
      sides.emplace_back();
      continue;
    }
    const std::optional<std::string> text = Text(item, param.name);
    if (!text) return std::nullopt;
    bool percent = false;
    if (!IsNumberOrPercent(*text, percent)) {
      diagnostics_.Error(item.place, param.name + " holds what is no number: " + *text, form);
      return std::nullopt;
    }
    sides.push_back(*text);
    percents.push_back(percent);
  }
  if (percents.empty()) {
    diagnostics_.Error(node.place, param.name + " is open on both sides", form);
    return std::nullopt;
  }
  if (percents.size() == 2) {
    if (percents[0] != percents[1]) {
      diagnostics_.Error(node.place, param.name + " mixes a number and a percentage", form);
      return std::nullopt;
    }
    const auto number = [&](std::size_t side) {
      const std::string_view text = sides[side];
      return percents[side] ? Trim(text.substr(0, text.size() - 1)) : text;
    };
    if (CompareNumbers(number(0), number(1)) > 0) {
      diagnostics_.Error(
          node.place,
          param.name + " has its lower side above the upper: " + sides[0] + ", " + sides[1],
          "write [" + sides[1] + ", " + sides[0] + "]");
      return std::nullopt;
    }
  }
  return Json(sides);
}

std::optional<Json> ValueReader::Names(const Param& param, const YamlNode& node) {
  if (!node.is_list()) {
    Wrong(node, param.name, "a list of names", "write [a, b]");
    return std::nullopt;
  }
  const std::optional<std::vector<std::string>> names = Texts(node, param.name);
  if (!names) return std::nullopt;
  for (std::size_t i = 0; i < names->size(); ++i) {
    if (IsPlainName((*names)[i])) continue;
    diagnostics_.Error(node.items[i].place, param.name + " holds what is no name: " + (*names)[i],
                       "use letters, digits and _, a letter first");
    return std::nullopt;
  }
  return Json(*names);
}

std::optional<Json> ValueReader::Outputs(const Param& param, const YamlNode& node) {
  std::vector<std::string> outputs;
  bool fine = true;
  const auto read = [&](const YamlNode& item) {
    const std::optional<std::string> output = NodeOutput(item, param.name);
    fine = fine && output.has_value();
    if (output) outputs.push_back(*output);
  };
  if (!node.is_list()) {
    read(node);
  } else if (Texts(node, param.name)) {
    for (const YamlNode& item : node.items) read(item);
  } else {
    return std::nullopt;
  }
  if (!fine) return std::nullopt;
  return Json(outputs);
}

std::optional<Json> ValueReader::Mapping(const Param& param, const YamlNode& node) {
  if (!node.is_mapping()) {
    Wrong(node, param.name, "a mapping of names to text", "write {NAME: TEXT}");
    return std::nullopt;
  }
  Json pairs = Json::array();
  bool fine = true;
  for (const YamlEntry& entry : node.entries) {
    const std::optional<std::string> text = Text(entry.value, entry.key);
    fine = fine && text.has_value();
    if (text) pairs.push_back(Json::array({entry.key, *text}));
  }
  if (!fine) return std::nullopt;
  return pairs;
}

// What is said of a column beside its type.
std::optional<Json> ValueReader::CellReading(const Param& param, const YamlEntry& entry,
                                             std::string& type) {
  MappingReader mapping(entry.value, entry.key, diagnostics_);
  Json reading = Json::object();
  bool fine = true;
  const auto keep = [&](const char* key, const std::optional<Json>& value) {
    fine = fine && value.has_value();
    if (value) reading[key] = *value;
  };
  if (const YamlNode* node = mapping.Take("type")) {
    const std::optional<std::string> text = Text(*node, "type");
    fine = fine && text.has_value();
    type = text.value_or("");
  }
  if (const YamlNode* node = mapping.Take("read")) {
    keep("read", AsJson(Choice(*node, "read", param.choices)));
  }
  if (const YamlNode* node = mapping.Take("nulls")) {
    Param nulls;
    nulls.name = "nulls";
    keep("nulls", ScalarList(nulls, *node));
  }
  for (const char* key : {"decimal", "thousands", "format"}) {
    if (const YamlNode* node = mapping.Take(key)) keep(key, ScalarValue(key, *node));
  }
  mapping.Finish();
  if (!fine) return std::nullopt;
  return reading;
}

std::optional<Json> ValueReader::CellTypes(const Param& param, const YamlNode& node) {
  if (!node.is_mapping()) {
    Wrong(node, param.name, "a mapping of columns to types", "write {NAME: TYPE}");
    return std::nullopt;
  }
  Json types = Json::array();
  bool fine = true;
  for (const YamlEntry& entry : node.entries) {
    std::string type;
    Json reading = Json::object();
    if (entry.value.is_mapping()) {
      const std::optional<Json> read = CellReading(param, entry, type);
      fine = fine && read.has_value();
      if (read) reading = *read;
    } else {
      const std::optional<std::string> text = Text(entry.value, entry.key);
      fine = fine && text.has_value();
      type = text.value_or("");
    }
    Json column = Json::array({entry.key, type});
    if (!reading.empty()) column.push_back(std::move(reading));
    types.push_back(std::move(column));
  }
  if (!fine) return std::nullopt;
  return types;
}

std::optional<Json> ValueReader::LongText(const Param& param, const YamlNode& node,
                                          TextPlaces& text_places) {
  return AsJson(LongText(node, param.name, text_places[param.name]));
}

// Like a text, it is taken as it is but for the project's variables.
std::optional<std::string> ValueReader::Expression(const std::string& what, const YamlNode& node,
                                                   TextPlace& place) {
  if (!node.is_scalar()) {
    Wrong(node, what, "an SQL expression", "write it in quotes, such as \"distance > 0\"");
    return std::nullopt;
  }
  place = TextPlace{node.text_place, {}, {}};
  std::optional<std::string> text = PutVariablesIn(node.text, place);
  if (!text || !Trim(*text).empty()) return text;
  diagnostics_.Error(node.place, what + " is empty", "write an SQL expression");
  return std::nullopt;
}

std::optional<Json> ValueReader::Expressions(const Param& param, const YamlNode& node,
                                             TextPlaces& text_places) {
  if (!node.is_mapping() || node.entries.empty()) {
    const std::string found = node.is_mapping() ? "an empty one" : FormText(node);
    diagnostics_.Error(
        node.place, param.name + " must be a mapping of names to SQL expressions, found " + found,
        "write {NAME: EXPRESSION}");
    return std::nullopt;
  }
  Json pairs = Json::array();
  bool fine = true;
  for (const YamlEntry& entry : node.entries) {
    const std::optional<std::string> text =
        Expression(entry.key, entry.value, text_places[param.name + "." + entry.key]);
    fine = fine && text.has_value();
    if (!text) continue;
    pairs.push_back(Json::array({entry.key, *text}));
  }
  if (!fine) return std::nullopt;
  return pairs;
}

std::optional<Json> ValueReader::Taxonomy(const Param& param, const YamlNode& node) {
  const std::string form = "write {LABEL: [SPELLING, …], LABEL: null}, or {file: PATH} of such";
  if (!node.is_mapping() || node.entries.empty()) {
    Wrong(node, param.name, "a mapping of labels to their spellings", form);
    return std::nullopt;
  }
  const YamlNode* file = node.entries.size() == 1 ? node.Find("file") : nullptr;
  if (file != nullptr && file->is_scalar() && files_ != nullptr) {
    TextPlace place;
    const std::optional<std::string> text = LongText(node, param.name, place);
    if (!text) return std::nullopt;
    const std::optional<YamlNode> root = ParseYaml(place.file, *text, diagnostics_);
    if (!root) return std::nullopt;
    return Labels(param, *root);
  }
  return Labels(param, node);
}

std::optional<Json> ValueReader::Labels(const Param& param, const YamlNode& node) {
  const std::string form = "write LABEL: [SPELLING, …], or LABEL: without spellings";
  if (!node.is_mapping() || node.entries.empty()) {
    Wrong(node, param.name, "a mapping of labels to their spellings", form);
    return std::nullopt;
  }
  Json pairs = Json::array();
  std::map<std::string, std::string> labels;  // by spelling
  bool fine = true;
  const auto add = [&](const std::string& spelling, const std::string& label, const Place& place) {
    const auto [other, is_new] = labels.emplace(spelling, label);
    if (is_new) {
      pairs.push_back(Json::array({spelling, label}));
    } else if (other->second != label) {
      diagnostics_.Error(place, "one spelling of two labels: " + spelling,
                         "it is also one of " + other->second);
      fine = false;
    }
  };
  for (const YamlEntry& entry : node.entries) add(entry.key, entry.key, entry.key_place);
  for (const YamlEntry& entry : node.entries) {
    if (entry.value.is_null()) continue;
    const std::vector<YamlNode> one = {entry.value};
    for (const YamlNode& item : entry.value.is_list() ? entry.value.items : one) {
      const std::optional<Json> spelling = ScalarValue(entry.key, item);
      fine = fine && spelling.has_value();
      if (spelling) add(spelling->get<std::string>(), entry.key, item.place);
    }
  }
  if (!fine) return std::nullopt;
  return pairs;
}

std::optional<Json> ValueReader::Secret(const Param& param, const YamlNode& node) {
  const std::string form = "write `${NAME}`, the name of an environment variable";
  const std::string text = node.is_scalar() ? node.text : "";
  const bool is_variable = text.starts_with("${") && text.ends_with("}") &&
                           IsPlainName(std::string_view(text).substr(2, text.size() - 3));
  if (!is_variable) {
    diagnostics_.Error(node.place, param.name + " is a secret, so it does not stand here itself",
                       form);
    return std::nullopt;
  }
  const std::string name = text.substr(2, text.size() - 3);
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    diagnostics_.Error(node.place, "environment variable is not set: " + name,
                       "set it to the secret that " + param.name + " is");
    return std::nullopt;
  }
  return Json::array({name, SecretMark(value)});
}

std::optional<Json> ValueReader::Value(const Param& param, const YamlNode& node,
                                       TextPlaces& text_places) {
  const auto parsed = [&](auto parse) -> std::optional<Json> {
    const std::optional<std::string> text = Text(node, param.name);
    if (!text) return std::nullopt;
    auto value = parse(*text);
    if (value.ok()) return Json(*value);
    diagnostics_.Error(node.place, param.name + ": " + value.error().message, value.error().hint);
    return std::nullopt;
  };
  switch (param.type) {
    case ParamType::kString:
      return AsJson(Text(node, param.name, true));  // a quoted tab may be a delimiter
    case ParamType::kColumn:
    case ParamType::kPath:
      return AsJson(Text(node, param.name));
    case ParamType::kText:
      return LongText(param, node, text_places);
    case ParamType::kInteger:
      return AsJson(Integer(node, param.name));
    case ParamType::kNumber:
      return parsed([](const std::string& text) -> Result<std::string> {
        if (IsNumber(text)) return text;
        return Error{ErrorCode::kUser, "not a number: " + text, "write 10, 0.5 or 1e6"};
      });
    case ParamType::kBool:
      return AsJson(Bool(node, param.name));
    case ParamType::kColumns:
    case ParamType::kPaths:
      return AsJson(Texts(node, param.name));
    case ParamType::kInput:
      return AsJson(NodeOutput(node, param.name));
    case ParamType::kInputs:
      return Outputs(param, node);
    case ParamType::kScalar:
      return ScalarValue(param.name, node);
    case ParamType::kScalars:
      return ScalarList(param, node);
    case ParamType::kTime:
      return parsed([](const std::string& text) { return ParseTime(text); });
    case ParamType::kShare:
      return parsed([](const std::string& text) { return ParseShare(text); });
    case ParamType::kRange:
      return Range(param, node);
    case ParamType::kNames:
      return Names(param, node);
    case ParamType::kChoice:
      return AsJson(Choice(node, param.name, param.choices));
    case ParamType::kMapping:
      return Mapping(param, node);
    case ParamType::kCellTypes:
      return CellTypes(param, node);
    case ParamType::kExpression:
      return AsJson(Expression(param.name, node, text_places[param.name]));
    case ParamType::kExpressions:
      return Expressions(param, node, text_places);
    case ParamType::kTaxonomy:
      return Taxonomy(param, node);
    case ParamType::kSecret:
      return Secret(param, node);
  }
  return std::nullopt;
}

ReadParams ValueReader::Params(const KindInfo& kind, MappingReader& mapping, const Place& place) {
  ReadParams read;
  bool complete = true;
  for (const Param& param : kind.params) {
    const std::string key = param.name == kind.subject ? kind.name : param.name;
    const std::string hint =
        key + " is " + ParamForm(param) + (param.summary.empty() ? "" : ": " + param.summary);
    const YamlNode* node = param.required ? mapping.Need(key, place, hint) : mapping.Take(key);
    complete = complete && (node != nullptr || !param.required);
    if (node == nullptr) {
      if (param.by_default) read.params[param.name] = *param.by_default;
      continue;
    }
    read.places[param.name] = node->place;
    std::optional<Json> value = Value(param, *node, read.text_places);
    complete = complete && value.has_value();
    if (value) read.params[param.name] = *std::move(value);
  }
  if (!complete || kind.check == nullptr) return read;
  if (const Status status = kind.check(read.params); !status.ok()) {
    diagnostics_.Error(PlaceOfMistake(status.error().message, read.places, place),
                       status.error().message, status.error().hint);
  }
  return read;
}

}  // namespace assay::contract
