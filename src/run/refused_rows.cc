#include "run/refused_rows.h"

#include <algorithm>
#include <cstdlib>

#include "engine/sql_text.h"
#include "run/table_sql.h"

namespace assay::run {

Schema WithRefusalColumns(Schema schema) {
  const Type text{TypeKind::kString, 0, 0, {}};
  schema.push_back({"_assay_file", text});
  schema.push_back({"_assay_row", {TypeKind::kInt64, 0, 0, {}}});
  schema.push_back({"_assay_reasons", {TypeKind::kList, 0, 0, {Field{"", text}}}});
  return schema;
}

Result<store::Table> NothingRefused(const Schema& schema) {
  store::Table table;
  table.schema = WithRefusalColumns(schema);
  table.sum = std::string(32, '0');
  TRY_ASSIGN(table.content_id, store::ContentId(table.schema, 0, table.sum));
  return table;
}

Result<std::vector<std::string>> RefusedExamples(const store::ObjectStore& objects,
                                                 engine::Engine& engine, const std::string& node,
                                                 const store::Table& table) {
  TRY_ASSIGN(const RefusedRows first,
             ReadRefused(objects, engine, node, table, {"_assay_reasons"}, kRefusedExamples));
  std::vector<std::string> examples;
  for (std::size_t i = 0; i < first.origins.size(); ++i) {
    const std::vector<RowOrigin>& origins = first.origins[i];
    const bool known = std::any_of(origins.begin(), origins.end(),
                                   [](const RowOrigin& origin) { return origin.lost.empty(); });
    if (!known) continue;
    const std::string reasons = first.grid.rows[i].at(0).value_or("[]");
    examples.push_back(OriginsText(origins) + ": " + reasons.substr(1, reasons.size() - 2));
  }
  return examples;
}

Result<RefusedRows> ReadRefused(const store::ObjectStore& objects, engine::Engine& engine,
                                const std::string& node, const store::Table& table,
                                const std::vector<std::string>& columns, std::uint64_t limit) {
  const bool of_gate = FindField(table.schema, "_assay_row") != nullptr;
  std::string query = "SELECT " + engine::NameList(columns) +
                      ", file_index, file_row_number FROM " + PlacedTableSql(objects, table) +
                      " ORDER BY " + (of_gate ? "_assay_file, _assay_row" : "location, line");
  if (limit > 0) query += " LIMIT " + std::to_string(limit);
  RefusedRows refused;
  TRY_ASSIGN(refused.grid, engine.Query(query));
  std::vector<RowPlace> places;
  const auto number = [](const std::optional<std::string>& text) {
    return std::strtoull(text.value_or("0").c_str(), nullptr, 10);
  };
  for (auto& row : refused.grid.rows) {
    places.push_back({number(row[columns.size()]), number(row[columns.size() + 1])});
    row.resize(columns.size());
  }
  refused.grid.schema.resize(columns.size());
  const bool traced = !table.files.empty() && table.files[0].lineage;
  if (of_gate && traced) {
    TRY_ASSIGN(refused.origins, FindOrigins(objects, engine, node, table, places));
  }
  return refused;
}

}  // namespace assay::run
