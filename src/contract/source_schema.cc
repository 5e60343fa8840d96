#include "contract/source_schema.h"

#include <algorithm>
#include <array>
#include <utility>

#include "contract/kind_info.h"
#include "contract/odcs_type.h"

namespace assay::contract {
namespace {

struct ModeName {
  const char* name;
  SchemaMode mode;
};
constexpr std::array kModeNames = {ModeName{"evolve", SchemaMode::kEvolve},
                                   ModeName{"freeze", SchemaMode::kFreeze},
                                   ModeName{"discard_row", SchemaMode::kDiscardRow},
                                   ModeName{"discard_value", SchemaMode::kDiscardValue}};

std::vector<std::string> NamesOfModes() {
  std::vector<std::string> names;
  names.reserve(kModeNames.size());
  for (const ModeName& each : kModeNames) names.emplace_back(each.name);
  return names;
}

std::optional<SchemaMode> ReadMode(const YamlNode& node, const std::string& what,
                                   ValueReader& values) {
  const std::optional<std::string> name = values.Choice(node, what, NamesOfModes());
  if (!name) return std::nullopt;
  return std::ranges::find_if(kModeNames, [&](const ModeName& each) { return each.name == *name; })
      ->mode;
}

void ReadModesOfColumns(const YamlNode& node, SourceSchema& schema, ValueReader& values) {
  if (!node.is_mapping()) {
    values.diagnostics().Error(node.place, "column_types must name columns and their modes",
                               "as `column_types: {delay: discard_value}`");
    return;
  }
  std::vector<std::string> names;
  names.reserve(schema.columns.size());
  for (const SourceColumn& column : schema.columns) names.push_back(column.name);
  for (const YamlEntry& entry : node.entries) {
    if (std::ranges::find(names, entry.key) == names.end()) {
      values.diagnostics().Error(
          entry.key_place, "no column of this name in " + schema.declared_in + ": " + entry.key,
          NearestHint(entry.key, names, "columns"));
      continue;
    }
    if (const auto mode = ReadMode(entry.value, "the mode of " + entry.key, values)) {
      schema.of_type[entry.key] = *mode;
    }
  }
}

void ReadModes(const YamlNode& node, SourceSchema& schema, ValueReader& values) {
  if (!node.is_mapping()) {
    if (const auto mode = ReadMode(node, "schema_mode", values)) {
      schema.of_columns = schema.of_types = *mode;
    }
    return;
  }
  MappingReader modes(node, "schema_mode", values.diagnostics());
  if (const YamlNode* columns = modes.Take("columns")) {
    schema.of_columns = ReadMode(*columns, "columns", values).value_or(schema.of_columns);
  }
  if (const YamlNode* types = modes.Take("types")) {
    schema.of_types = ReadMode(*types, "types", values).value_or(schema.of_types);
  }
  if (const YamlNode* each = modes.Take("column_types")) ReadModesOfColumns(*each, schema, values);
  modes.Finish();
}

}  // namespace

SchemaMode SourceSchema::TypeMode(const std::string& column) const {
  const auto own = of_type.find(column);
  return own == of_type.end() ? of_types : own->second;
}

bool SourceSchema::RefusesRows() const {
  return of_columns == SchemaMode::kDiscardRow ||
         std::ranges::any_of(columns, [&](const SourceColumn& column) {
           return TypeMode(column.name) == SchemaMode::kDiscardRow;
         });
}

const char* SchemaModeText(SchemaMode mode) {
  return std::ranges::find(kModeNames, mode, &ModeName::mode)->name;
}

Json SourceSchemaJson(const SourceSchema& schema) {
  Json columns = Json::array();
  for (const SourceColumn& column : schema.columns) {
    columns.push_back(Json{{"name", column.name},
                           {"type", column.type},
                           {"required", column.required},
                           {"mode", SchemaModeText(schema.TypeMode(column.name))}});
  }
  return Json{{"columns", std::move(columns)}, {"others", SchemaModeText(schema.of_columns)}};
}

std::optional<SourceSchema> ReadSourceSchema(MappingReader& mapping,
                                             const std::optional<Contract>& contract,
                                             const Json& params, ValueReader& values) {
  const YamlNode* modes = mapping.Take("schema_mode");
  if (modes == nullptr && !contract) return std::nullopt;
  SourceSchema schema;
  if (contract) {
    schema.declared_in = contract->file;
    for (const ContractColumn& column : contract->columns) {
      schema.columns.push_back(
          {column.name, DeclaredType(column.physical_type, column.logical_type), column.required});
    }
  } else {
    schema.declared_in = "`columns`";
    for (const auto& [name, type] : PairsOf(params, "columns")) {
      schema.columns.push_back({name, DeclaredType(type, ""), false});
    }
  }
  if (schema.columns.empty()) {
    const Place& place = modes == nullptr ? mapping.node().place : modes->place;
    values.diagnostics().Error(
        place,
        contract ? "the contract has no columns to hold the source to: " + contract->file
                 : "schema_mode has no columns to hold the source to",
        contract ? "write them under `properties`"
                 : "declare a `contract`, or `columns` with their types");
    return std::nullopt;
  }
  if (modes != nullptr) ReadModes(*modes, schema, values);
  return schema;
}

Json SchemaModeSchema() {
  const Json mode{{"enum", NamesOfModes()}};
  const Json each{{"type", "object"}, {"additionalProperties", mode}};
  const Json by_subject{
      {"type", "object"},
      {"additionalProperties", false},
      {"properties", Json{{"columns", mode}, {"types", mode}, {"column_types", each}}}};
  return Json{{"description", "what happens to columns and values that are not as declared"},
              {"anyOf", Json::array({mode, by_subject})}};
}

}  // namespace assay::contract
