#include "base/hash.h"
#include "engine/sql_text.h"
#include "run/execute.h"
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

Result<store::FileRef> StorePlaces(Workspace& workspace, engine::Engine& engine,
                                   const store::Table& table) {
  std::string query = std::string(
                          "SELECT file_index::UBIGINT AS file, file_row_number::BIGINT AS "
                          "row FROM ") +
                      kDropped;
  if (table.removed) {
    query += " UNION ALL SELECT file, row FROM " +
             engine::ReadParquet({workspace.objects().PathOf(table.removed->sha256)}, {});
  }
  const store::StagedFile staged(workspace.objects().StagingPath(".parquet"));
  TRY_ASSIGN(
      const std::uint64_t places,
      engine.CopyToParquet("SELECT * FROM (" + query + ") ORDER BY file, row", staged.path()));
  return workspace.objects().Adopt(staged.path(), places);
}

}  // namespace

Result<store::Table> WithoutRows(Workspace& workspace, engine::Engine& engine,
                                 const store::Table& table, const std::string& dropped,
                                 const std::string& what) {
  const std::string columns = engine::NameList(FieldNames(table.schema));
  DroppedTable temporary(engine);
  TRY(temporary.Fill(dropped).While(what));
  TRY_ASSIGN(const engine::RowSum gone,
             engine.SumRows("SELECT " + columns + " FROM " + kDropped).While(what));
  if (gone.rows == 0) return table;
  if (table.sum.empty() || gone.rows > table.rows / kFew) {
    return StoreTable(workspace, engine,
                      "SELECT " + columns + " FROM " + PlacedTableSql(workspace.objects(), table) +
                          " ANTI JOIN " + kDropped + " USING (file_index, file_row_number)",
                      what);
  }
  store::Table rest = table;
  rest.rows = table.rows - gone.rows;
  // A sum of rows can be taken from a sum: the rest need not be read.
  TRY_ASSIGN(const Uint128 whole, ParseHex128(table.sum));
  TRY_ASSIGN(const Uint128 less, ParseHex128(gone.sum));
  rest.sum = Hex128(whole - less);
  TRY_ASSIGN(rest.content_id, store::ContentId(rest.schema, rest.rows, rest.sum));
  TRY_ASSIGN(rest.removed, StorePlaces(workspace, engine, table).While(what));
  return rest;
}

}  // namespace assay::run
