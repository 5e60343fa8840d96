#include "run/refused_rows.h"

#include <cstdlib>

#include "engine/sql_text.h"
#include "run/table_sql.h"

namespace assay::run {

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
