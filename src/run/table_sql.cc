#include "run/table_sql.h"

#include "engine/sql_text.h"

namespace assay::run {

namespace {

std::string AllRows(const store::ObjectStore& objects, const store::Table& table) {
  std::vector<std::filesystem::path> paths;
  for (const store::FileRef& file : table.files) paths.push_back(objects.PathOf(file.sha256));
  return engine::ReadParquet(paths, table.schema);
}

// Queries of the places of rows that do not count; `file` counts from the table's first file.
std::vector<std::string> RemovedPlaces(const store::ObjectStore& objects,
                                       const store::Table& table) {
  std::vector<std::string> queries;
  std::size_t first = 0;
  const auto add = [&](const store::Removed& removed) {
    if (!removed) return;
    queries.push_back("SELECT file + " + std::to_string(first) + " AS file, row FROM " +
                      engine::ReadParquet({objects.PathOf(removed->sha256)}, {}));
  };
  add(table.removed);
  for (const store::Part& part : table.parts) {
    add(part.removed);
    first += part.files;
  }
  return queries;
}

std::string RowsLeft(const store::ObjectStore& objects, const store::Table& table,
                     const std::vector<std::string>& removed, const std::string& places) {
  std::string all;
  for (const std::string& query : removed) all += (all.empty() ? "" : " UNION ALL ") + query;
  return "(SELECT " + engine::NameList(FieldNames(table.schema), "_assay_all.") + places +
         " FROM " + AllRows(objects, table) + " AS _assay_all ANTI JOIN (" + all +
         ") AS _assay_removed ON _assay_all.file_index = _assay_removed.file AND "
         "_assay_all.file_row_number = _assay_removed.row)";
}

}  // namespace

std::string TableSql(const store::ObjectStore& objects, const store::Table& table) {
  const auto removed = RemovedPlaces(objects, table);
  return removed.empty() ? AllRows(objects, table) : RowsLeft(objects, table, removed, "");
}

std::string PlacedTableSql(const store::ObjectStore& objects, const store::Table& table) {
  const auto removed = RemovedPlaces(objects, table);
  if (removed.empty()) return AllRows(objects, table);
  return RowsLeft(objects, table, removed, ", _assay_all.file_index, _assay_all.file_row_number");
}

}  // namespace assay::run
