#include "run/sorted_input.h"

#include "engine/sql_text.h"

namespace assay::run {

SortedInput::~SortedInput() {
  std::error_code error;
  if (!path_.empty()) std::filesystem::remove(path_, error);
}

std::string SortedInput::table() const { return engine::ReadParquet({path_}, {}); }

Result<SortedInput> SortInput(Workspace& workspace, engine::Engine& engine,
                              const std::string& table, const Schema& schema) {
  SortedInput sorted(workspace.objects().StagingPath(".parquet"));
  const std::string query = "SELECT " + engine::NameList(FieldNames(schema)) + " FROM " + table +
                            " ORDER BY ALL NULLS LAST";
  TRY(engine.CopyToParquet(query, sorted.path()));
  return sorted;
}

}  // namespace assay::run
