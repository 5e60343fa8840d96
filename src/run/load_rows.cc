#include "run/load_rows.h"

#include <algorithm>

#include "base/letter_case.h"
#include "base/nearest.h"
#include "engine/sql_text.h"

namespace assay::run {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// The rows with `_assay_file_index` and `_assay_line`.
std::string PlacedRows(const source::SourceRead& read) {
  if (!read.placed_query.empty()) return read.placed_query;
  return "SELECT *, CAST(NULL AS BIGINT) AS _assay_line FROM (" + read.indexed_query + ")";
}

std::string OfFile(const std::vector<std::string>& texts) {
  return engine::TextList(texts) + "[_assay_file_index::BIGINT + 1]";
}

std::string FactSql(const std::string& fact, const contract::Declared& source,
                    const SourceFiles& files) {
  if (fact == "line") return "_assay_line::BIGINT";
  if (fact == "source") return QuoteText(source.name);
  if (fact == "license") {
    return source.license.empty() ? "CAST(NULL AS VARCHAR)" : QuoteText(source.license);
  }
  if (fact == "contract") {
    return source.schema ? QuoteText(source.schema->declared_in) : "CAST(NULL AS VARCHAR)";
  }
  std::vector<std::string> texts;
  texts.reserve(files.receipts.size());
  for (const store::Receipt& receipt : files.receipts) {
    texts.push_back(fact == "file" ? receipt.location : receipt.collected_at);
  }
  return fact == "file" ? OfFile(texts) : "CAST(" + OfFile(texts) + " AS TIMESTAMPTZ)";
}

Status CheckColumns(const Schema& schema, const contract::Declared& source) {
  std::vector<std::string> wanted = source.load.key;
  if (!source.load.newest_by.empty()) wanted.push_back(source.load.newest_by);
  const std::vector<std::string> names = FieldNames(schema);
  for (const std::string& column : wanted) {
    if (FindField(schema, column) != nullptr) continue;
    const std::string nearest = NearestName(column, names);
    return Error{
        ErrorCode::kUser, "there is no column to merge by: " + column,
        nearest.empty() ? "columns: " + engine::NameList(names) : "did you mean " + nearest + "?"};
  }
  return {};
}

Status CheckNewNames(const Schema& schema, const contract::Declared& source) {
  for (const auto& [fact, column] : source.load.receipt) {
    for (const Field& field : schema) {
      if (Lower(field.name) != Lower(column)) continue;
      return Error{ErrorCode::kUser,
                   "the receipt's column has the name of one that is read: " + field.name,
                   "give it another name: `receipt: {" + fact + ": from_" + fact + "}`"};
    }
  }
  return {};
}

// Which rows of the loaded ones stay.
std::string Kept(const contract::Load& load, const Schema& schema) {
  std::string key, has_key;
  for (const std::string& column : load.key) {
    key += QuoteName(column) + ", ";
    has_key += (has_key.empty() ? "" : " AND ") + QuoteName(column) + " IS NOT NULL";
  }
  key += "CASE WHEN " + has_key + " THEN NULL ELSE _assay_row_id END";
  if (!load.history) {
    const std::string newest =
        load.newest_by.empty() ? "" : QuoteName(load.newest_by) + " DESC NULLS LAST, ";
    return "row_number() OVER (PARTITION BY " + key + " ORDER BY " + newest +
           "_assay_row_id DESC) = 1";
  }
  std::string row;
  for (const Field& field : schema) row += (row.empty() ? "" : ", ") + QuoteName(field.name);
  return "row(" + row + ") IS DISTINCT FROM lag(row(" + row + ")) OVER (PARTITION BY " + key +
         " ORDER BY _assay_row_id)";
}

// Reads all rows into a table of the engine, which spills, and chooses among them.
Status Merge(engine::Engine& engine, const contract::Declared& source, const SourceFiles& files,
             const Schema& schema, const std::string& with_receipt, LoadedRows& loaded) {
  TRY(engine.Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kMergedTable +
                     " AS SELECT *, " + "row_number() OVER () - 1 AS _assay_row_id FROM (" +
                     with_receipt + ")"));
  TRY_ASSIGN(const engine::Grid counts,
             engine.Query(std::string("SELECT _assay_file_index, count(*) FROM ") + kMergedTable +
                          " GROUP BY ALL"));
  loaded.rows_of_files.assign(files.receipts.size(), 0);
  for (const auto& row : counts.rows) {
    const std::size_t file = std::strtoull(row.at(0).value_or("0").c_str(), nullptr, 10);
    loaded.rows_of_files.at(file) = std::strtoull(row.at(1).value_or("0").c_str(), nullptr, 10);
  }
  const std::string from = std::string(" FROM ") + kMergedTable + " QUALIFY " +
                           Kept(source.load, schema) + " ORDER BY _assay_row_id";
  loaded.read.query = "SELECT * EXCLUDE (_assay_file_index, _assay_row_id)" + from;
  loaded.read.indexed_query =
      "SELECT * EXCLUDE (_assay_file_index, _assay_row_id), _assay_row_id::UBIGINT AS "
      "_assay_row_id" +
      from;
  return {};
}

}  // namespace

Result<LoadedRows> LoadRows(engine::Engine& engine, source::SourceRead read,
                            const contract::Declared& source, const SourceFiles& files) {
  LoadedRows loaded;
  loaded.read = std::move(read);
  const bool merges = source.load.write == contract::WriteMode::kMerge;
  if (!merges && source.load.receipt.empty()) return loaded;
  const std::string placed = PlacedRows(loaded.read);
  TRY_ASSIGN(
      const Schema schema,
      engine.Describe("SELECT * EXCLUDE (_assay_file_index, _assay_line) FROM (" + placed + ")"));
  TRY(CheckNewNames(schema, source));
  std::string facts;
  for (const auto& [fact, column] : source.load.receipt) {
    facts += ", " + FactSql(fact, source, files) + " AS " + QuoteName(column);
  }
  const std::string select = "SELECT * EXCLUDE (_assay_file_index, _assay_line)" + facts;
  const std::string with_receipt = select + ", _assay_file_index FROM (" + placed + ")";
  loaded.read.files_are_table = false;
  loaded.read.placed_query.clear();
  if (merges) {
    TRY(CheckColumns(schema, source));
    TRY(Merge(engine, source, files, schema, with_receipt, loaded));
    return loaded;
  }
  loaded.read.query = select + " FROM (" + placed + ")";
  loaded.read.indexed_query = with_receipt;
  return loaded;
}

}  // namespace assay::run
