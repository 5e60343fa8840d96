#include "run/sorted_input.h"

#include "engine/sql_text.h"
#include "run/table_sql.h"

namespace assay::run {

SortedInput::~SortedInput() {
  std::error_code error;
  if (!path_.empty()) std::filesystem::remove(path_, error);
}

std::string SortedInput::table() const { return engine::ReadParquet({path_}, {}); }

Result<SortedInput> SortInput(Workspace& workspace, const store::Table& table) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  SortedInput sorted(workspace.objects().StagingPath(".parquet"));
  const std::string query = "SELECT " + engine::NameList(FieldNames(table.schema)) + " FROM " +
                            TableSql(workspace.objects(), table) + " ORDER BY ALL NULLS LAST";
  TRY(engine->CopyToParquet(query, sorted.path()));
  return sorted;
}

}  // namespace assay::run
