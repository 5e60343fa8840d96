#include <algorithm>
#include <set>

#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/table_sql.h"
#include "store/staged_file.h"

namespace assay::run {

Status CheckColumnNames(const Schema& schema, const std::string& what, Columns columns) {
  std::set<std::string> seen;
  for (const Field& field : schema) {
    if (columns == Columns::kOfUser && IsReservedColumn(field.name)) {
      return Error{ErrorCode::kUser,
                   what + ": a column has a name that Assay keeps for itself: " + field.name,
                   "rename it where it comes from, or select the others in a sql step"};
    }
    // Case does not tell columns apart in SQL.
    std::string lower = field.name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (!seen.insert(lower).second) {
      return Error{ErrorCode::kUser, what + ": two columns have one name: " + field.name,
                   "give one of them another name with AS"};
    }
  }
  return {};
}

Result<store::Table> StoreTable(Workspace& workspace, engine::Engine& engine,
                                const std::string& query, const std::string& what,
                                Columns columns) {
  TRY_ASSIGN(const std::string canonical, engine.Canonical(query).While(what));
  TRY_ASSIGN(const Schema schema, engine.Describe(canonical).While(what));
  TRY(CheckColumnNames(schema, what, columns));
  const store::StagedFile staged(workspace.objects().StagingPath(".parquet"));
  TRY_ASSIGN(const std::uint64_t rows, engine.CopyToParquet(canonical, staged.path()).While(what));

  // What was written is what a reader will find: judged from the file, not from the query.
  const std::string read = "SELECT * FROM " + engine::ReadParquet({staged.path()}, {});
  TRY_ASSIGN(const Schema stored, engine.Describe(read).While("reading back " + what));
  TRY_ASSIGN(const engine::RowSum sum, engine.SumRows(read).While("reading back " + what));
  if (stored != schema || sum.rows != rows) {
    return Error{ErrorCode::kInternal,
                 what + ": the written file is not what was asked for: " +
                     SchemaJson(stored).dump() + " for " + SchemaJson(schema).dump(),
                 ""};
  }
  store::Table table;
  table.schema = schema;
  table.rows = rows;
  table.sum = sum.sum;
  TRY_ASSIGN(table.content_id, store::ContentId(schema, rows, sum.sum));
  TRY_ASSIGN(store::FileRef file, workspace.objects().Adopt(staged.path(), rows));
  table.files.push_back(std::move(file));
  return table;
}

Result<store::Table> DescribeTable(Workspace& workspace, engine::Engine& engine,
                                   std::vector<store::FileRef> files) {
  store::Table table;
  table.files = std::move(files);
  const std::string from = TableSql(workspace.objects(), table);
  TRY_ASSIGN(table.schema, engine.Describe("SELECT * FROM " + from));
  TRY(CheckColumnNames(table.schema, "the files"));
  TRY_ASSIGN(const engine::RowSum sum, engine.SumRows("SELECT * FROM " + from));
  table.rows = sum.rows;
  table.sum = sum.sum;
  TRY_ASSIGN(table.content_id, store::ContentId(table.schema, sum.rows, sum.sum));
  return table;
}

}  // namespace assay::run
