#include <cstdlib>
#include <set>

#include "base/hash.h"
#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/row_origin.h"
#include "run/table_sql.h"
#include "store/staged_file.h"

namespace assay::run {
namespace {

constexpr char kDropped[] = "_assay_dropped";
// Above one row in so many, the rest is written: each reader pays for rows that are not there.
constexpr std::uint64_t kFew = 5;

// Takes the temporary table away at the end, however it comes.
class DroppedTable {
 public:
  explicit DroppedTable(engine::Engine& engine) : engine_(engine) {}
  DroppedTable(const DroppedTable&) = delete;
  DroppedTable& operator=(const DroppedTable&) = delete;
  ~DroppedTable() { (void)engine_.Execute(std::string("DROP TABLE IF EXISTS ") + kDropped).ok(); }

  Status Fill(const std::string& query) {
    return engine_.Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kDropped + " AS " +
                           query);
  }

 private:
  engine::Engine& engine_;
};

// The files that lose rows, so that nothing is asked about the others.
Result<std::set<std::size_t>> FilesWithDropped(engine::Engine& engine) {
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query(std::string("SELECT DISTINCT file_index FROM ") + kDropped));
  std::set<std::size_t> files;
  for (const auto& row : grid.rows) {
    files.insert(std::strtoull(row[0].value_or("0").c_str(), nullptr, 10));
  }
  return files;
}

// The rows of the temporary table that lie in so many files from `first` on, counted from there.
std::string DroppedIn(const std::string& columns, std::size_t first, std::size_t files) {
  return "SELECT " + columns + (columns.empty() ? "" : ", ") + "file_index - " +
         std::to_string(first) + " AS file_index, file_row_number FROM " + kDropped +
         " WHERE file_index >= " + std::to_string(first) + " AND file_index < " +
         std::to_string(first + files);
}

Result<store::FileRef> StorePlaces(Workspace& workspace, engine::Engine& engine,
                                   const store::Removed& before, const std::string& dropped) {
  std::string query =
      "SELECT file_index::BIGINT AS file, file_row_number::BIGINT AS row FROM (" + dropped + ")";
  if (before) {
    query += " UNION ALL SELECT file, row FROM " +
             engine::ReadParquet({workspace.objects().PathOf(before->sha256)}, {});
  }
  const store::StagedFile staged(workspace.objects().StagingPath(".parquet"));
  TRY_ASSIGN(
      const std::uint64_t places,
      engine.CopyToParquet("SELECT * FROM (" + query + ") ORDER BY file, row", staged.path()));
  return workspace.objects().Adopt(staged.path(), places);
}

// A table without parts; of the dropped rows those in its files, which are so many from `first` on.
Result<store::Table> Without(Workspace& workspace, engine::Engine& engine, const std::string& input,
                             const store::Table& table, std::size_t first,
                             const std::string& what) {
  const std::string columns = engine::NameList(FieldNames(table.schema));
  const std::string dropped = DroppedIn("", first, table.files.size());
  TRY_ASSIGN(const engine::RowSum gone,
             engine.SumRows("SELECT " + columns + " FROM (" +
                            DroppedIn(columns, first, table.files.size()) + ")"));
  if (gone.rows == 0) return table;
  if (table.sum.empty() || gone.rows > table.rows / kFew) {
    TracedRows rest{"SELECT " + columns + ", " + engine::RowIdSql() + " AS " + kRowIdColumn +
                        " FROM " + PlacedTableSql(workspace.objects(), table) + " ANTI JOIN (" +
                        dropped + ") USING (file_index, file_row_number)",
                    1, nullptr, true};
    if (table.files.size() >= engine::kManyFiles) {
      rest.query = engine::InSequence(rest.query, table.schema.size() + 1);
    }
    TRY_ASSIGN(rest.lineage, LineageOfInput(workspace, input, table));
    return StoreTraced(workspace, engine, rest, what);
  }
  store::Table rest = table;
  rest.rows = table.rows - gone.rows;
  // A sum of rows can be taken from a sum: the rest need not be read.
  TRY_ASSIGN(const Uint128 whole, ParseHex128(table.sum));
  TRY_ASSIGN(const Uint128 less, ParseHex128(gone.sum));
  rest.sum = Hex128(whole - less);
  TRY_ASSIGN(rest.content_id, store::ContentId(rest.schema, rest.rows, rest.sum));
  TRY_ASSIGN(rest.removed, StorePlaces(workspace, engine, table.removed, dropped));
  return rest;
}

}  // namespace

Result<store::Table> WithoutRows(Workspace& workspace, engine::Engine& engine,
                                 const std::string& input, const store::Table& table,
                                 const std::string& dropped, const std::string& what) {
  DroppedTable temporary(engine);
  TRY(temporary.Fill(dropped).While(what));
  if (table.parts.empty()) return Without(workspace, engine, input, table, 0, what).While(what);
  TRY_ASSIGN(const std::set<std::size_t> touched, FilesWithDropped(engine));
  TRY_ASSIGN(std::vector<store::Table> parts, PartsAsTables(table));
  std::vector<std::string> keys;
  std::size_t first = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    keys.push_back(table.parts[i].key);
    const std::size_t end = first + parts[i].files.size();
    const auto next = touched.lower_bound(first);
    if (next != touched.end() && *next < end) {
      TRY_ASSIGN(parts[i], Without(workspace, engine, input, parts[i], first, what).While(what));
    }
    first = end;
  }
  return UniteParts(keys, parts);
}

}  // namespace assay::run
