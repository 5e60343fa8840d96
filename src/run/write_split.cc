#include "run/write_split.h"

#include "engine/sql_text.h"
#include "store/digest.h"
#include "store/staged_file.h"

namespace assay::run {

Result<store::SplitTable> WriteSplit(Workspace& workspace, engine::Engine& engine,
                                     const std::string& query, const std::string& name) {
  const store::StagedFile staged(workspace.objects().StagingPath(".parquet"));
  TRY_ASSIGN(const std::uint64_t rows, engine.CopyToParquet(query, staged.path()));
  store::SplitDigester digester;
  TRY(engine.ReadRows("SELECT * FROM " + engine::ReadParquet({staged.path()}, {}),
                      [&](const engine::EncodedRows& encoded) -> Status {
                        digester.AddRows(encoded.bytes, encoded.ends);
                        return {};
                      }));
  store::SplitTable split;
  split.name = name;
  split.rows = digester.rows();
  split.digest = digester.Finish();
  if (split.rows != rows) {
    return Error{ErrorCode::kInternal, "split " + name + ": rows written and read back differ", ""};
  }
  TRY_ASSIGN(store::FileRef file, workspace.objects().Adopt(staged.path(), rows));
  split.partitions.push_back(store::Partition{{}, rows, {std::move(file)}});
  return split;
}

}  // namespace assay::run
