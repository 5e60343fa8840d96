#include <set>

#include "base/letter_case.h"
#include "engine/sql_text.h"
#include "run/execute.h"
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
    if (!seen.insert(Lower(field.name)).second) {
      return Error{ErrorCode::kUser, what + ": two columns have one name: " + field.name,
                   "give one of them another name with AS"};
    }
  }
  return {};
}

Status CheckLookUp(engine::Engine& engine, const store::Lineage& lineage, const std::string& from,
                   const std::string& what) {
  std::string repeats;
  for (const store::Lineage::Ids& ids : lineage.ids) {
    TRY_ASSIGN(const auto counts,
               engine.CountRepeats("SELECT " + engine::QuoteName(ids.column) + " FROM " + from,
                                   {ids.column}));
    if (counts.at(0) == 0) return {};
    repeats += (repeats.empty() ? "" : ", ") + ids.input + " " + std::to_string(counts[0]) +
               (counts[0] == 1 ? " time" : " times");
  }
  if (lineage.ids.empty()) return {};
  return Error{
      ErrorCode::kData,
      what + ": the join multiplies rows: some of each table come up again (" + repeats + ")",
      "join on columns that are unique on one side, or write `multiplies: true`"};
}

Once OnceIn(const engine::Trace& trace, const std::vector<std::string>& tables) {
  Once once;
  for (const std::string& name : tables) {
    std::string column;
    for (const engine::Trace::Source& source : trace.sources) {
      if (source.input == name) column = source.column;
    }
    once.emplace_back(name, column);
  }
  return once;
}

Status CheckOnce(engine::Engine& engine, const Once& once, const std::string& from,
                 const std::string& what) {
  for (const auto& [input, column] : once) {
    if (column.empty()) {
      return Error{ErrorCode::kInternal, what + ": rows of `" + input + "` cannot be counted", ""};
    }
    TRY_ASSIGN(
        const auto repeats,
        engine.CountRepeats("SELECT " + engine::QuoteName(column) + " FROM " + from, {column}));
    if (repeats.at(0) == 0) continue;
    const std::string times = std::to_string(repeats[0]) + (repeats[0] == 1 ? " time" : " times");
    return Error{ErrorCode::kData,
                 what + ": rows of `" + input + "` come up again, " + times +
                     ": the cardinality is not the declared one",
                 "look for repeated keys on the other side with `assay profile` or a unique check, "
                 "take them out with a dedup step, or declare another `cardinality`"};
  }
  return {};
}

Result<store::Table> StoreTable(Workspace& workspace, engine::Engine& engine,
                                const std::string& query, const std::string& what,
                                Columns columns) {
  return StoreTraced(workspace, engine, {query, 0, nullptr, true}, what, columns);
}

Result<store::Table> StoreTraced(Workspace& workspace, engine::Engine& engine,
                                 const TracedRows& traced, const std::string& what,
                                 Columns columns) {
  TRY_ASSIGN(const std::string canonical, engine.Canonical(traced.query).While(what));
  TRY_ASSIGN(const Schema schema, engine.Describe(canonical).While(what));
  const Schema own(schema.begin(), schema.end() - static_cast<std::ptrdiff_t>(traced.ids));
  TRY(CheckColumnNames(own, what, columns));
  const store::StagedFile staged(workspace.objects().StagingPath(".parquet"));
  TRY_ASSIGN(const std::uint64_t rows, engine.CopyToParquet(canonical, staged.path()).While(what));

  // What was written is what a reader will find: judged from the file, not from the query.
  const std::string file = engine::ReadParquet({staged.path()}, {});
  TRY_ASSIGN(const Schema stored,
             engine.Describe("SELECT * FROM " + file).While("reading back " + what));
  TRY_ASSIGN(const engine::RowSum sum,
             engine.SumRows("SELECT " + engine::NameList(FieldNames(own)) + " FROM " + file)
                 .While("reading back " + what));
  if (stored != schema || sum.rows != rows) {
    return Error{ErrorCode::kInternal,
                 what + ": the written file is not what was asked for: " +
                     SchemaJson(stored).dump() + " for " + SchemaJson(schema).dump(),
                 ""};
  }
  TRY(CheckOnce(engine, traced.once, file, what));
  if (!traced.may_multiply) TRY(CheckLookUp(engine, *traced.lineage, file, what));
  store::Table table;
  table.schema = own;
  table.rows = rows;
  table.sum = sum.sum;
  TRY_ASSIGN(table.content_id, store::ContentId(own, rows, sum.sum));
  TRY_ASSIGN(store::FileRef ref, workspace.objects().Adopt(staged.path(), rows));
  ref.lineage = traced.lineage;
  table.files.push_back(std::move(ref));
  return table;
}

Result<store::Table> DescribeTable(Workspace& workspace, engine::Engine& engine,
                                   std::vector<store::FileRef> files) {
  store::Table table;
  table.files = std::move(files);
  std::vector<std::filesystem::path> paths;
  paths.reserve(table.files.size());
  for (const store::FileRef& file : table.files) {
    paths.push_back(workspace.objects().PathOf(file.sha256));
  }
  const std::string from = engine::ReadParquet(paths, {});
  TRY_ASSIGN(table.schema, engine.Describe("SELECT * FROM " + from));
  TRY(CheckColumnNames(table.schema, "the files"));
  TRY_ASSIGN(const engine::RowSum sum, engine.SumRows("SELECT * FROM " + from));
  table.rows = sum.rows;
  table.sum = sum.sum;
  TRY_ASSIGN(table.content_id, store::ContentId(table.schema, sum.rows, sum.sum));
  return table;
}

}  // namespace assay::run
