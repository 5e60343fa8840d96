#include <algorithm>

#include "engine/sql_text.h"
#include "export/export.h"

namespace assay::exports {
namespace {

bool HoldsFloats(const Type& type) {
  if (IsFloat(type)) return true;
  // The key of a map is the name of a JSON member, and any text can be one.
  if (type.kind == TypeKind::kMap) return HoldsFloats(type.children[1].type);
  return std::any_of(type.children.begin(), type.children.end(),
                     [](const Field& field) { return HoldsFloats(field.type); });
}

// JSON has no NaN and no infinity; they become null, at any depth. `depth` keeps the parameters of
// lambdas within each other apart.
std::string JsonValueSql(const Type& type, const std::string& value, int depth) {
  if (!HoldsFloats(type)) return value;
  const std::string parameter = "_assay_e" + std::to_string(depth);
  const auto each = [&](const std::string& list, const std::string& element) {
    return "list_transform(" + list + ", lambda " + parameter + ": " + element + ")";
  };
  switch (type.kind) {
    case TypeKind::kList:
      return each(value, JsonValueSql(type.children[0].type, parameter, depth + 1));
    case TypeKind::kMap:
      return "map_from_entries(" +
             each("map_entries(" + value + ")",
                  "{'key': " + parameter + ".key, 'value': " +
                      JsonValueSql(type.children[1].type, parameter + ".value", depth + 1) + "}") +
             ")";
    case TypeKind::kStruct:
      break;
    default:
      return "CASE WHEN isfinite(" + value + ") THEN " + value + " END";
  }
  std::string fields;
  for (const Field& field : type.children) {
    const std::string name = engine::QuoteText(field.name);
    fields += (fields.empty() ? "" : ", ") + name + ": " +
              JsonValueSql(field.type, "struct_extract(" + value + ", " + name + ")", depth);
  }
  return "CASE WHEN " + value + " IS NOT NULL THEN {" + fields + "} END";
}

std::string ToSql(const std::string& query, const Schema& schema,
                  const std::filesystem::path& path) {
  std::string columns;
  for (const Field& field : schema) {
    const std::string name = engine::QuoteName(field.name);
    const std::string value = JsonValueSql(field.type, name, 0);
    columns += (columns.empty() ? "" : ", ") + (value == name ? name : value + " AS " + name);
  }
  return "COPY (SELECT " + columns + " FROM (" + query + ")) TO " +
         engine::QuoteText(path.string()) + " (FORMAT json)";
}

}  // namespace

ExportKind jsonl_export() {
  return {
      .info =
          {.name = "jsonl",
           .summary = "one JSON object a line, one file per split",
           .help =
               "UTF-8; null is null, and so are NaN and infinities, also within lists, structs and "
               "the values of maps; times are text in ISO form.",
           .suffixes = {".jsonl"},
           .example = "$ assay dataset export flights_train@v1 --to out --format jsonl\n"},
      .to_sql = ToSql};
}

}  // namespace assay::exports
