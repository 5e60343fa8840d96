// The schema object of a contract: its columns, and the checks that they stand for.
#include <algorithm>
#include <map>
#include <utility>

#include "contract/number_text.h"
#include "contract/odcs_draft.h"
#include "contract/odcs_options.h"
#include "contract/odcs_type.h"
#include "contract/odcs_unused.h"

namespace assay::contract {
namespace {

// A column and what of it is needed until all columns are known.
struct ColumnDraft {
  ContractColumn column;
  std::int64_t key_position = 0;
  const YamlEntry* quality = nullptr;
};

// Reads keys that only describe.
void AcceptDescriptions(MappingReader& mapping, Diagnostics& diagnostics) {
  mapping.Accept({"id", "businessName", "physicalName"});
  CheckUnusedExtras(mapping, diagnostics);
  CheckUnused(mapping, "relationships", diagnostics);
}

std::string TextOf(MappingReader& mapping, const char* key, ContractDraft& draft) {
  const YamlNode* node = mapping.Take(key);
  return node == nullptr ? "" : draft.values.Text(*node, key).value_or("");
}

bool BoolOf(MappingReader& mapping, const char* key, ContractDraft& draft) {
  const YamlNode* node = mapping.Take(key);
  return node != nullptr && draft.values.Bool(*node, key).value_or(false);
}

std::string LogicalTypeOf(MappingReader& mapping, ContractDraft& draft) {
  const YamlNode* node = mapping.Take("logicalType");
  if (node == nullptr) return "";
  return draft.values.Choice(*node, "logicalType", LogicalTypes()).value_or("");
}

void ReadNested(MappingReader& mapping, ContractDraft& draft);

// Fields inside a column: their form is read, nothing in them is checked yet.
void ReadNestedColumn(const YamlNode& node, bool needs_name, ContractDraft& draft) {
  MappingReader mapping(node, "property", draft.diagnostics);
  if (!mapping.is_mapping()) return;
  if (needs_name) mapping.Need("name", node.place, "write `name: COLUMN`");
  mapping.Accept({"name", "description", "primaryKey", "primaryKeyPosition", "physicalType",
                  "required", "unique", "partitioned", "partitionKeyPosition", "classification",
                  "encryptedName", "transformSourceObjects", "transformLogic",
                  "transformDescription", "examples", "criticalDataElement"});
  AcceptDescriptions(mapping, draft.diagnostics);
  LogicalTypeOf(mapping, draft);
  for (const char* rule : {"quality", "logicalTypeOptions"}) {
    if (const YamlEntry* entry = mapping.TakeEntry(rule)) {
      draft.diagnostics.Warning(entry->key_place,
                                std::string("not checked here: rules inside a column, ") + rule,
                                "check the outer column, or a step's output that has the field");
    }
  }
  ReadNested(mapping, draft);
  mapping.Finish();
}

void ReadNested(MappingReader& mapping, ContractDraft& draft) {
  if (const YamlNode* items = mapping.Take("items")) ReadNestedColumn(*items, false, draft);
  const YamlNode* properties = mapping.Take("properties");
  if (properties == nullptr) return;
  if (!properties->is_list()) {
    draft.diagnostics.Error(
        properties->place, std::string("properties must be a list, found ") + FormText(*properties),
        "write `- name: COLUMN` lines under it");
    return;
  }
  for (const YamlNode& item : properties->items) ReadNestedColumn(item, true, draft);
}

// The checks that a column's own keys stand for, in the order in which the header promises them.
void AddColumnChecks(MappingReader& mapping, const ColumnDraft& column, ContractDraft& draft) {
  const std::string& name = column.column.name;
  const YamlNode& node = mapping.node();
  const std::string type = DeclaredType(column.column.physical_type, column.column.logical_type);
  if (!type.empty()) {
    const YamlNode* physical = node.Find("physicalType");
    const bool is_physical = physical != nullptr && type != column.column.logical_type;
    const YamlNode* source = is_physical ? physical : node.Find("logicalType");
    draft.AddCheck("type", {{"column", name}, {"is", type}}, source->place);
  }
  if (column.column.required || column.column.primary_key) {
    const YamlNode* source = node.Find(column.column.required ? "required" : "primaryKey");
    draft.AddCheck("not_null", {{"column", name}}, source->place);
  }
  if (column.column.unique) {
    draft.AddCheck("unique", {{"columns", Json::array({name})}}, node.Find("unique")->place);
  }
}

ColumnDraft ReadColumn(const YamlNode& node, ContractDraft& draft) {
  ColumnDraft read;
  ContractColumn& column = read.column;
  column.place = node.place;
  MappingReader mapping(node, "property", draft.diagnostics);
  if (!mapping.is_mapping()) return read;
  if (const YamlNode* name = mapping.Need("name", node.place, "write `name: COLUMN`")) {
    column.name = draft.values.Text(*name, "name").value_or("");
    column.place = name->place;
  }
  column.logical_type = LogicalTypeOf(mapping, draft);
  column.physical_type = TextOf(mapping, "physicalType", draft);
  column.description = TextOf(mapping, "description", draft);
  column.required = BoolOf(mapping, "required", draft);
  column.unique = BoolOf(mapping, "unique", draft);
  column.primary_key = BoolOf(mapping, "primaryKey", draft);
  if (const YamlNode* position = mapping.Take("primaryKeyPosition")) {
    read.key_position = draft.values.Integer(*position, "primaryKeyPosition").value_or(0);
  }
  mapping.Accept({"partitioned", "partitionKeyPosition", "classification", "encryptedName",
                  "transformSourceObjects", "transformLogic", "transformDescription", "examples",
                  "criticalDataElement"});
  AcceptDescriptions(mapping, draft.diagnostics);
  ReadNested(mapping, draft);
  AddColumnChecks(mapping, read, draft);
  const bool is_bad_type = column.logical_type.empty() && node.Find("logicalType") != nullptr;
  const YamlNode* options = mapping.Take("logicalTypeOptions");
  if (options != nullptr && !is_bad_type) ReadLogicalTypeOptions(*options, column, draft);
  read.quality = mapping.TakeEntry("quality");
  mapping.Finish();
  return read;
}

// All columns of the primary key together are unique, in the order of their positions.
void AddKeyCheck(const std::vector<ColumnDraft>& columns, ContractDraft& draft) {
  std::vector<const ColumnDraft*> key;
  for (const ColumnDraft& column : columns) {
    if (column.column.primary_key) key.push_back(&column);
  }
  if (key.empty() || (key.size() == 1 && key[0]->column.unique)) return;
  std::stable_sort(key.begin(), key.end(), [](const ColumnDraft* a, const ColumnDraft* b) {
    return std::max<std::int64_t>(a->key_position, 0) < std::max<std::int64_t>(b->key_position, 0);
  });
  Json names = Json::array();
  for (const ColumnDraft* column : key) names.push_back(column->column.name);
  draft.AddCheck("unique", {{"columns", names}}, key[0]->column.place);
}

std::vector<ColumnDraft> ReadColumns(const YamlNode& properties, ContractDraft& draft) {
  std::vector<ColumnDraft> columns;
  if (!properties.is_list()) {
    draft.diagnostics.Error(properties.place,
                            std::string("properties must be a list, found ") + FormText(properties),
                            "write `- name: COLUMN` lines under it");
    return columns;
  }
  std::vector<std::string> names;
  for (const YamlNode& item : properties.items) {
    if (const YamlNode* name = item.Find("name")) names.push_back(name->text);
  }
  std::map<std::string, Place> places;
  for (const YamlNode& item : properties.items) {
    columns.push_back(ReadColumn(item, draft));
    const ColumnDraft& read = columns.back();
    const auto [other, is_new] = places.emplace(read.column.name, read.column.place);
    if (!is_new && !read.column.name.empty()) {
      draft.diagnostics.Error(read.column.place, "two columns have one name: " + read.column.name,
                              "the other stands at " + PlaceText(other->second));
    }
    if (read.quality != nullptr) {
      ReadQuality(read.quality->value, read.column.name, names, draft);
    }
  }
  return columns;
}

void ReadObject(const YamlNode& node, ContractDraft& draft) {
  MappingReader mapping(node, "schema object", draft.diagnostics);
  if (!mapping.is_mapping()) return;
  if (const YamlNode* name = mapping.Need("name", node.place, "write `name: OBJECT`")) {
    draft.contract.object = draft.values.Text(*name, "name").value_or("");
  }
  if (const YamlNode* type = mapping.Take("logicalType")) {
    draft.values.Choice(*type, "logicalType", {"object"});
  }
  mapping.Accept({"physicalType", "description", "dataGranularityDescription"});
  AcceptDescriptions(mapping, draft.diagnostics);
  std::vector<ColumnDraft> columns;
  if (const YamlNode* properties = mapping.Take("properties")) {
    columns = ReadColumns(*properties, draft);
  }
  AddKeyCheck(columns, draft);
  std::vector<std::string> names;
  for (ColumnDraft& column : columns) {
    names.push_back(column.column.name);
    draft.contract.columns.push_back(std::move(column.column));
  }
  if (const YamlNode* quality = mapping.Take("quality")) ReadQuality(*quality, "", names, draft);
  mapping.Finish();
}

}  // namespace

void ReadSchema(const YamlEntry* schema, const Place& root, ContractDraft& draft) {
  const std::string hint = "write `schema:` with one object: `- name: NAME`, `properties: …`";
  if (schema == nullptr) {
    draft.diagnostics.Error(root, "contract has no schema object", hint);
    return;
  }
  const YamlNode& list = schema->value;
  if (!list.is_list() && !list.is_null()) {
    draft.diagnostics.Error(list.place,
                            std::string("schema must be a list, found ") + FormText(list), hint);
    return;
  }
  if (list.items.empty()) {
    draft.diagnostics.Error(schema->key_place, "contract has no schema object", hint);
    return;
  }
  std::vector<std::string> names;
  for (const YamlNode& item : list.items) {
    ReadObject(item, draft);
    names.push_back(draft.contract.object);
  }
  if (list.items.size() == 1) return;
  draft.diagnostics.Error(
      list.items[1].place,
      "contract has " + std::to_string(list.items.size()) + " schema objects: " + Join(names),
      "one is read for now; write a contract for each");
}

}  // namespace assay::contract
