#include "source/column_cells.h"

#include <array>

#include "engine/checked_cast.h"
#include "engine/sql_text.h"

namespace assay::source {
namespace {

// One after the other, the first that takes all cells is the type.
struct TypeCandidate {
  TypeKind kind;
  const char* form;  // a regular expression
};
constexpr std::array kTypeCandidates = {
    TypeCandidate{TypeKind::kBool, "(?i:true|false|t|f|yes|no)"},
    // What begins with a zero is a code.
    TypeCandidate{TypeKind::kInt64, "\\s*-?(0|[1-9][0-9]*)\\s*"},
    TypeCandidate{TypeKind::kFloat64,
                  "\\s*-?((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*|"
                  "(?i:[+-]?(nan|inf|infinity))"},
    TypeCandidate{TypeKind::kTime, "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?"},
    TypeCandidate{TypeKind::kDate, "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"},
    TypeCandidate{
        TypeKind::kTimestamp,
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)"
        "?)?"},
    TypeCandidate{
        TypeKind::kTimestampUtc,
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?"
        "(Z|[+-][0-9]{2}(:[0-9]{2})?)"}};

std::string Takes(const TypeCandidate& candidate, const std::string& cell) {
  return "regexp_full_match(" + cell + ", " + engine::QuoteText(candidate.form) +
         ") AND TRY_CAST(" + cell + " AS " + engine::TypeSql({candidate.kind, 0, 0, {}}) +
         ") IS NOT NULL";
}

}  // namespace

Result<std::vector<FoundCells>> FindCells(engine::Engine& engine, const std::string& cells,
                                          const Schema& columns,
                                          const std::vector<std::string>& conditions) {
  std::string select;
  std::vector<FoundCells> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (conditions[i].empty()) continue;
    // No FILTER: the engine keeps room for all columns for each of those.
    const std::string cell =
        "CASE WHEN " + conditions[i] + " THEN " + engine::QuoteName(columns[i].name) + " END";
    select += (select.empty() ? "count(" : ", count(") + cell + "), min(" + cell + ")";
    found.push_back({i, "", ""});
  }
  if (found.empty()) return found;
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT " + select + " FROM " + cells));
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i].cells = grid.rows.at(0).at(2 * i).value_or("0");
    found[i].example = grid.rows[0][2 * i + 1].value_or("");
  }
  std::erase_if(found, [](const FoundCells& one) { return one.cells == "0"; });
  return found;
}

std::string BentByDouble(const std::string& column) {
  const std::string cell = "trim(" + column + ")";
  const std::string exact = "TRY_CAST(" + cell + " AS HUGEINT)";
  const std::string bent = "TRY_CAST(TRY_CAST(" + cell + " AS DOUBLE) AS HUGEINT)";
  return "regexp_full_match(" + cell + ", '\\s*[+-]?[0-9]+\\s*') AND (" + exact + " IS NULL OR " +
         bent + " IS DISTINCT FROM " + exact + ")";
}

Status CheckNothingIsLost(engine::Engine& engine, const std::string& cells, const Schema& columns) {
  std::vector<std::string> conditions;
  for (const Field& field : columns) {
    conditions.push_back(engine::LossOfText(field.type, engine::QuoteName(field.name)).condition);
  }
  TRY_ASSIGN(const auto found, FindCells(engine, cells, columns, conditions));
  if (found.empty()) return {};
  const Field& field = columns[found[0].column];
  const bool is_whole = IsInteger(field.type);
  return Error{ErrorCode::kData,
               "column " + field.name + " " + engine::LossOfText(field.type, "").what + ", " +
                   found[0].example + " among them, in rows: " + found[0].cells,
               "declare it, as `columns: {" + field.name + ": " +
                   (is_whole ? "DOUBLE" : "VARCHAR") + "}`" +
                   (is_whole ? "" : ", and cast it in a sql step")};
}

std::string NamesText(const Schema& schema) {
  std::string names;
  for (const Field& field : schema) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

Result<Schema> DetectTypes(engine::Engine& engine, const std::string& cells, Schema columns) {
  if (columns.empty()) return columns;
  std::string select;
  for (const Field& field : columns) {
    const std::string cell = engine::QuoteName(field.name);
    select += (select.empty() ? "count(" : ", count(") + cell + ")";
    for (const TypeCandidate& candidate : kTypeCandidates) {
      select += ", count(CASE WHEN " + Takes(candidate, cell) + " THEN 1 END)";
    }
    select += ", count(CASE WHEN " + BentByDouble(cell) + " THEN 1 END)";
  }
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT " + select + " FROM " + cells));
  const auto& counts = grid.rows.at(0);
  std::size_t at = 0;
  for (Field& field : columns) {
    const std::string all = counts.at(at++).value_or("0");
    field.type = {TypeKind::kString, 0, 0, {}};
    for (const TypeCandidate& candidate : kTypeCandidates) {
      const bool takes_all = counts.at(at++).value_or("0") == all && all != "0";
      if (takes_all && field.type.kind == TypeKind::kString) field.type.kind = candidate.kind;
    }
    const bool bends = counts.at(at++).value_or("0") != "0";
    if (bends && field.type.kind == TypeKind::kFloat64) field.type.kind = TypeKind::kString;
  }
  return columns;
}

}  // namespace assay::source
