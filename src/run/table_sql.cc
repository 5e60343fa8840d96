#include "run/table_sql.h"

#include "engine/sql_text.h"

namespace assay::run {

namespace {

constexpr char kPlace[] = ", _assay_all.file_index, _assay_all.file_row_number";

std::string AllFiles(const store::ObjectStore& objects, const store::Table& table) {
  std::vector<std::filesystem::path> paths;
  paths.reserve(table.files.size());
  std::uint64_t rows = 0;
  for (const store::FileRef& file : table.files) {
    paths.push_back(objects.PathOf(file.sha256));
    rows += file.rows;
  }
  return engine::ReadParquet(paths, table.schema, rows);
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

std::string RowsLeft(const std::string& columns, const std::string& files,
                     const std::vector<std::string>& removed) {
  std::string all;
  for (const std::string& query : removed) all += (all.empty() ? "" : " UNION ALL ") + query;
  return "(SELECT " + columns + " FROM " + files + " ANTI JOIN (" + all +
         ") AS _assay_removed ON _assay_all.file_index = _assay_removed.file AND "
         "_assay_all.file_row_number = _assay_removed.row)";
}

std::string RowsSql(const store::ObjectStore& objects, const store::Table& table,
                    const char* place) {
  const std::string named = AllFiles(objects, table) + " AS _assay_all";
  const std::vector<std::string> removed = RemovedPlaces(objects, table);
  const std::string columns = engine::NameList(FieldNames(table.schema), "_assay_all.") + place;
  if (!removed.empty()) return RowsLeft(columns, named, removed);
  // A file may have columns of ids that are none of the table's.
  return "(SELECT " + columns + " FROM " + named + ")";
}

}  // namespace

std::string TableSql(const store::ObjectStore& objects, const store::Table& table) {
  return RowsSql(objects, table, "");
}

std::string PlacedTableSql(const store::ObjectStore& objects, const store::Table& table) {
  return RowsSql(objects, table, kPlace);
}

}  // namespace assay::run
