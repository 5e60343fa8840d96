#include "run/table_sql.h"

#include "engine/sql_text.h"

namespace assay::run {

namespace {

std::string AllRows(const store::ObjectStore& objects, const store::Table& table) {
  std::vector<std::filesystem::path> paths;
  for (const store::FileRef& file : table.files) paths.push_back(objects.PathOf(file.sha256));
  return engine::ReadParquet(paths, table.schema);
}

std::string RowsLeft(const store::ObjectStore& objects, const store::Table& table,
                     const std::string& places) {
  return "(SELECT " + engine::NameList(FieldNames(table.schema), "_assay_all.") + places +
         " FROM " + AllRows(objects, table) + " AS _assay_all ANTI JOIN " +
         engine::ReadParquet({objects.PathOf(table.removed->sha256)}, {}) +
         " AS _assay_removed ON _assay_all.file_index = _assay_removed.file AND "
         "_assay_all.file_row_number = _assay_removed.row)";
}

}  // namespace

std::string TableSql(const store::ObjectStore& objects, const store::Table& table) {
  return table.removed ? RowsLeft(objects, table, "") : AllRows(objects, table);
}

std::string PlacedTableSql(const store::ObjectStore& objects, const store::Table& table) {
  if (!table.removed) return AllRows(objects, table);
  return RowsLeft(objects, table, ", _assay_all.file_index, _assay_all.file_row_number");
}

}  // namespace assay::run
