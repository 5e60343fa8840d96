#include "run/sorted_input.h"

#include "engine/sql_text.h"

namespace assay::run {

SortedInput::~SortedInput() {
  std::error_code error;
  if (!path_.empty()) std::filesystem::remove(path_, error);
}

std::string SortedInput::table() const {
  return "(SELECT " + columns_ + " FROM " + engine::ReadParquet({path_}, {}) + ")";
}

Result<SortedInput> SortInput(Workspace& workspace, engine::Engine& engine,
                              const std::string& table, const Schema& schema, bool placed) {
  const std::string own = engine::NameList(FieldNames(schema));
  // The engine's own names would hide its hidden columns of the sorted file.
  std::string written = own, read = own;
  if (placed) {
    written += ", file_index AS _assay_file_index, file_row_number AS _assay_row_number";
    read += ", _assay_file_index AS file_index, _assay_row_number AS file_row_number";
  }
  SortedInput sorted(workspace.objects().StagingPath(".parquet"), read);
  TRY(engine.CopyToParquet("SELECT " + written + " FROM " + table + " ORDER BY ALL NULLS LAST",
                           sorted.path()));
  return sorted;
}

}  // namespace assay::run
