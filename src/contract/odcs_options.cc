#include "contract/odcs_options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "contract/number_text.h"
#include "contract/odcs_type.h"

namespace assay::contract {
namespace {

// More would make a regular expression that engines refuse.
constexpr std::int64_t kLongestValue = 20'000;

struct Options {
  std::vector<std::string_view> logical_types;
  std::vector<std::string> keys;
};

const std::vector<Options>& AllOptions() {
  static const std::vector<Options> kAll = {
      {{"string"}, {"minLength", "maxLength", "pattern", "format"}},
      {{"date"}, {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"}},
      {{"timestamp", "time"},
       {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format", "timezone",
        "defaultTimezone"}},
      {{"integer", "number"},
       {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"}},
      {{"object"}, {"maxProperties", "minProperties", "required"}},
      {{"array"}, {"maxItems", "minItems", "uniqueItems"}},
      {{"boolean"}, {}},
  };
  return kAll;
}

const Options* FindOptions(const std::string& logical_type) {
  for (const Options& options : AllOptions()) {
    for (const std::string_view type : options.logical_types) {
      if (type == logical_type) return &options;
    }
  }
  return nullptr;
}

// The types that have this option, for the hint.
std::string TypesWith(const std::string& key) {
  std::vector<std::string> types;
  for (const Options& options : AllOptions()) {
    if (std::find(options.keys.begin(), options.keys.end(), key) == options.keys.end()) continue;
    types.insert(types.end(), options.logical_types.begin(), options.logical_types.end());
  }
  return Join(types);
}

// A side of a range, kept as it was written once it is known to fit the type.
std::optional<std::string> Side(const YamlNode& node, const std::string& key,
                                const std::string& logical_type, ContractDraft& draft) {
  const std::optional<std::string> text = draft.values.Text(node, key);
  if (!text) return std::nullopt;
  const bool is_number = logical_type == "number" || logical_type == "integer";
  if (is_number && !IsNumber(*text)) {
    draft.diagnostics.Error(node.place, key + ": not a number: " + *text, "write 10, 0.5 or 1e6");
    return std::nullopt;
  }
  if (logical_type == "date" || logical_type == "timestamp") {
    const Result<std::string> time = ParseTime(*text);
    if (!time.ok()) {
      draft.diagnostics.Error(node.place, key + ": " + time.error().message, time.error().hint);
      return std::nullopt;
    }
  }
  return text;
}

void ReadRange(MappingReader& mapping, const ContractColumn& column, ContractDraft& draft) {
  struct Name {
    const char* option;
    const char* param;
  };
  constexpr std::array kNames = {Name{"minimum", "min"}, Name{"maximum", "max"},
                                 Name{"exclusiveMinimum", "above"},
                                 Name{"exclusiveMaximum", "below"}};
  Json params = {{"column", column.name}};
  Place place;
  for (const Name& name : kNames) {
    const YamlNode* node = mapping.Take(name.option);
    if (node == nullptr) continue;
    if (place.line == 0) place = node->place;
    const auto side = Side(*node, name.option, column.logical_type, draft);
    if (side) params[name.param] = *side;
  }
  if (params.size() > 1) draft.AddCheck("range", std::move(params), place);
}

std::optional<std::int64_t> Length(MappingReader& mapping, const char* key, ContractDraft& draft) {
  const YamlNode* node = mapping.Take(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<std::int64_t> length = draft.values.Integer(*node, key);
  if (!length) return std::nullopt;
  if (*length < 0) {
    draft.diagnostics.Error(node->place, std::string(key) + " is below zero", "");
    return std::nullopt;
  }
  if (*length <= kLongestValue) return length;
  draft.diagnostics.Warning(node->place, std::string("not checked here: ") + key + " above 20000",
                            "");
  return std::nullopt;
}

void ReadLengths(MappingReader& mapping, const ContractColumn& column, ContractDraft& draft) {
  const std::optional<std::int64_t> min = Length(mapping, "minLength", draft);
  const std::optional<std::int64_t> max = Length(mapping, "maxLength", draft);
  if (!min && !max) return;
  const YamlNode& source = *mapping.node().Find(min ? "minLength" : "maxLength");
  if (min && max && *min > *max) {
    draft.diagnostics.Error(source.place, "minLength is above maxLength", "");
    return;
  }
  const std::string regex =
      LengthPattern(static_cast<int>(min.value_or(0)), static_cast<int>(max.value_or(-1)));
  draft.AddCheck("pattern", {{"column", column.name}, {"regex", regex}}, source.place);
}

void WarnUnchecked(const YamlNode& node, ContractDraft& draft) {
  for (const char* key : {"multipleOf", "maxItems", "minItems", "uniqueItems", "maxProperties",
                          "minProperties", "required"}) {
    for (const YamlEntry& entry : node.entries) {
      if (entry.key != key) continue;
      draft.diagnostics.Warning(entry.key_place, std::string("not checked here: ") + key,
                                "write a rule of type sql, or a check in the gate");
    }
  }
}

}  // namespace

void ReadLogicalTypeOptions(const YamlNode& node, const ContractColumn& column,
                            ContractDraft& draft) {
  MappingReader mapping(node, "logicalTypeOptions", draft.diagnostics);
  if (!mapping.is_mapping()) return;
  const Options* options = FindOptions(column.logical_type);
  if (options == nullptr) {
    draft.diagnostics.Error(node.place, "logicalTypeOptions without a logicalType",
                            "add `logicalType:` to the property");
    return;
  }
  for (const std::string& key : options->keys) mapping.TakeEntry(key);
  for (const YamlEntry& entry : node.entries) {
    const std::string types = TypesWith(entry.key);
    if (!types.empty()) mapping.Misspelt(entry.key, entry.key + " is an option of: " + types);
  }
  mapping.Finish();
  ReadRange(mapping, column, draft);
  if (column.logical_type == "string") {
    ReadLengths(mapping, column, draft);
    if (const YamlNode* pattern = mapping.Take("pattern")) {
      if (const auto regex = draft.values.Text(*pattern, "pattern")) {
        draft.AddCheck("pattern", {{"column", column.name}, {"regex", *regex}}, pattern->place);
      }
    }
  }
  WarnUnchecked(node, draft);
}

}  // namespace assay::contract
