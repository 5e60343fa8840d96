#include "run/ledger.h"

#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "engine/sql_text.h"
#include "run/load_rows.h"
#include "run/table_sql.h"

namespace assay::run {
namespace {

using source::CellChanges;

// By file and name of the column.
using CellsThatCame = std::map<std::pair<std::size_t, std::string>, std::uint64_t>;

std::uint64_t NumberOfCell(const std::optional<std::string>& cell) {
  return std::strtoull(cell.value_or("0").c_str(), nullptr, 10);
}

// Columns of the stored file with a null, or of which that is not known.
Result<std::vector<std::string>> ColumnsWithNulls(engine::Engine& engine, const std::string& path,
                                                  const Schema& schema) {
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT path_in_schema FROM parquet_metadata(" + engine::QuoteText(path) +
                          ") GROUP BY 1 HAVING coalesce(bool_and(stats_null_count = 0), false)"));
  std::map<std::string, bool> whole;
  for (const auto& row : grid.rows) whole[row.at(0).value_or("")] = true;
  std::vector<std::string> with_nulls;
  for (const Field& field : schema) {
    if (!whole.contains(field.name)) with_nulls.push_back(field.name);
  }
  return with_nulls;
}

// The values of each column that came of each file. Most columns have no nulls: their values are
// as many as rows.
Result<CellsThatCame> CountCells(Workspace& workspace, engine::Engine& engine,
                                 const store::Table& table) {
  CellsThatCame came;
  const auto& lineage = table.files.at(0).lineage;
  if (lineage == nullptr) return came;
  for (std::size_t file = 0; file < lineage->sources.size(); ++file) {
    for (const Field& field : table.schema) came[{file, field.name}] = lineage->sources[file].rows;
  }
  const auto path = workspace.objects().PathOf(table.files[0].sha256);
  // A merge stored some of the rows only.
  const bool is_merged = !lineage->ids.empty();
  std::vector<std::string> with_nulls = FieldNames(table.schema);
  if (!is_merged) {
    TRY_ASSIGN(with_nulls, ColumnsWithNulls(engine, path.string(), table.schema));
  }
  if (with_nulls.empty() || table.rows == 0) return came;
  std::string counts;
  for (const std::string& name : with_nulls) counts += ", count(" + engine::QuoteName(name) + ")";
  TRY_ASSIGN(
      const engine::Grid grid,
      engine.Query("SELECT _assay_file_index" + counts + " FROM " +
                   (is_merged ? kMergedTable : engine::ReadParquet({path}, {})) + " GROUP BY 1"));
  for (const auto& row : grid.rows) {
    for (std::size_t i = 0; i < with_nulls.size(); ++i) {
      came[{NumberOfCell(row.at(0)), with_nulls[i]}] = NumberOfCell(row.at(i + 1));
    }
  }
  return came;
}

// A table of constants, column by column.
class ConstantTable {
 public:
  void Add(const std::string& name, const char* type) { columns_.push_back({name, type, {}}); }
  void Put(std::vector<std::string> row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      columns_[i].cells.push_back(std::move(row[i]));
    }
  }
  // An empty text is null.
  std::string Sql() const {
    std::string typed, cells;
    for (const Column& column : columns_) {
      const std::string name = engine::QuoteName(column.name);
      typed += (typed.empty() ? "CAST(nullif(" : ", CAST(nullif(") + name + ", '') AS " +
               column.type + ") AS " + name;
      cells += (cells.empty() ? "unnest(" : ", unnest(") + engine::TextList(column.cells) +
               "::VARCHAR[]) AS " + name;
    }
    return "SELECT " + typed + " FROM (SELECT " + cells + ")";
  }

 private:
  struct Column {
    std::string name;
    const char* type;
    std::vector<std::string> cells;
  };
  std::vector<Column> columns_;
};

std::string NumberOrNull(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : "";
}

}  // namespace

Result<store::Table> StoreSourceLedger(Workspace& workspace, engine::Engine& engine,
                                       const std::vector<CellChanges>& changes,
                                       const SourceFiles& files, const store::Table& table,
                                       const std::string& source) {
  ConstantTable rows;
  rows.Add("load", "BIGINT");
  for (const char* name : {"file", "column", "type"}) rows.Add(name, "VARCHAR");
  for (const char* name : {"cells", "nulls", "trimmed", "thousands_marks", "decimal_marks", "signs",
                           "units", "time_zones", "casts"}) {
    rows.Add(name, "BIGINT");
  }
  CellsThatCame came;
  bool is_counted = false;
  for (const CellChanges& change : changes) {
    const Field* field = FindField(table.schema, change.column);
    if (field == nullptr) continue;
    if (!change.cells && !is_counted) {
      TRY_ASSIGN(came, CountCells(workspace, engine, table));
      is_counted = true;
    }
    const std::uint64_t cells = change.cells ? *change.cells : came[{change.file, change.column}];
    const bool is_utc = field->type.kind == TypeKind::kTimestampUtc;
    const bool is_text = field->type.kind == TypeKind::kString;
    const auto number = [](std::uint64_t count) { return std::to_string(count); };
    rows.Put({number(change.file + 1), files.receipts.at(change.file).location, change.column,
              TypeText(field->type), number(cells), number(change.nulls),
              NumberOrNull(change.trimmed), number(change.thousands_marks),
              number(change.decimal_marks), number(change.signs), number(change.units),
              number(is_utc && cells > change.in_utc ? cells - change.in_utc : 0),
              number(is_text ? 0 : cells)});
  }
  return StoreTable(workspace, engine, rows.Sql(), source + ".ledger");
}

Schema StepLedgerSchema() {
  const Type text{TypeKind::kString, 0, 0, {}};
  const Type number{TypeKind::kInt64, 0, 0, {}};
  return {{"column", text}, {"change", text},  {"spelling", text},
          {"became", text}, {"cells", number}, {"of", number}};
}

Result<store::Table> StoreStepLedger(Workspace& workspace, engine::Engine& engine,
                                     const std::string& query, const std::string& step) {
  std::string columns;
  for (const Field& field : StepLedgerSchema()) {
    const std::string name = engine::QuoteName(field.name);
    columns += (columns.empty() ? "CAST(" : ", CAST(") + name + " AS " +
               engine::TypeSql(field.type) + ") AS " + name;
  }
  return StoreTable(workspace, engine,
                    "SELECT " + columns + " FROM (" + query +
                        "\n) ORDER BY \"column\", cells DESC, change, spelling",
                    step + ".ledger");
}

Status UniteLedgers(Workspace& workspace, const plan::Node& node, const std::vector<Piece>& pieces,
                    Executed& done) {
  if (!node.writes_ledger) return {};
  std::vector<store::Table> tables;
  for (const Piece& piece : pieces) {
    const auto& outputs = OutputOf(piece).outputs;
    const auto found = outputs.find("ledger");
    if (found != outputs.end()) tables.push_back(found->second);
  }
  if (tables.empty()) return {};
  TRY_ASSIGN(const store::Table all,
             store::UniteParts(std::vector<std::string>(tables.size(), ""), tables));
  const std::string from = PlacedTableSql(workspace.objects(), all);
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  store::Table& united = done.output.outputs["ledger"];
  if (node.type == plan::NodeType::kSource) {
    TRY_ASSIGN(united, StoreTable(workspace, *engine,
                                  "SELECT * EXCLUDE (file_index, file_row_number) REPLACE "
                                  "(file_index::BIGINT + 1 AS load) FROM " +
                                      from + " ORDER BY file_index, file_row_number",
                                  node.name + ".ledger"));
    return {};
  }
  // How many there are of a column stands in each row of a part.
  TRY_ASSIGN(
      united,
      StoreStepLedger(
          workspace, *engine,
          "SELECT c.\"column\", change, spelling, became, sum(cells) AS cells, "
          "any_value(a.of) AS of FROM " +
              from +
              " AS c JOIN (SELECT \"column\", sum(of) AS of FROM (SELECT file_index, "
              "\"column\", max(of) AS of FROM " +
              from + " GROUP BY ALL) GROUP BY 1) AS a ON a.\"column\" = c.\"column\" GROUP BY ALL",
          node.name));
  return {};
}

}  // namespace assay::run
