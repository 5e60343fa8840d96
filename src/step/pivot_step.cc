#include <algorithm>

#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;
using engine::QuoteName;

Error NotOfColumn(const std::string& name, const Field& column) {
  return Error{ErrorCode::kUser,
               "no " + TypeText(column.type) + ", as `" + column.name + "` has: " + name,
               "`names` lists values of that column"};
}

// The SQL of a declared name as a value of the column whose values become columns.
Result<std::string> ValueNamed(const std::string& name, const Field& column) {
  if (column.type.kind == TypeKind::kString) return engine::QuoteText(name);
  if (IsInteger(column.type)) {
    const auto number = contract::ParseInteger(name);
    if (!number.ok() || std::to_string(*number) != name) return NotOfColumn(name, column);
    return name;
  }
  if (column.type.kind == TypeKind::kBool) {
    if (name != "true" && name != "false") return NotOfColumn(name, column);
    return name;
  }
  if (column.type.kind == TypeKind::kDate) {
    if (name.size() != 10 || !contract::ParseTime(name).ok()) return NotOfColumn(name, column);
    return "DATE " + engine::QuoteText(name);
  }
  return Error{ErrorCode::kUser,
               "`" + column.name + "` is " + TypeText(column.type) +
                   ": values of it are no names of columns",
               "they can be text, whole numbers, truth values or dates; derive one of those first"};
}

// The aggregate of the rows of one cell, before its FILTER.
std::string CellOf(const StepContext& context, const StepInput& input) {
  const std::string aggregate = context.params.value("aggregate", "none");
  const std::string values = QuoteName(context.params.at("values").get<std::string>());
  if (aggregate == "none") return "max(" + values + ")";
  if (aggregate == "mean") return "avg(" + values + ")";
  if (aggregate != "first") return aggregate + "(" + values + ")";
  return "first(" + values + " ORDER BY " + TotalOrder(input, TextsOf(context.params, "order_by")) +
         ")";
}

// Text that tells a group: `origin = ABQ, month = 1`.
std::string GroupText(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) {
    text += (text.empty() ? "" : " || ', ' || ") + engine::QuoteText(row + " = ") +
            " || coalesce(" + QuoteName(row) + "::VARCHAR, 'null')";
  }
  return text;
}

struct PivotParts {
  std::vector<std::string> rows;
  std::string column;  // quoted
  std::vector<std::string> names;
  std::vector<std::string> values;  // SQL of each name
};

// What fails for a group that this pivot cannot show: conditions of a CASE.
std::string Failures(const Json& params, const PivotParts& parts) {
  std::string list;
  std::string repeated;
  for (const std::string& value : parts.values) {
    list += (list.empty() ? "" : ", ") + value;
    repeated += (repeated.empty() ? "" : " OR ") + ("count(*) FILTER (WHERE " + parts.column) +
                " = " + value + ") > 1";
  }
  std::string failures;
  if (params.value("others", "error") == "error") {
    // One aggregate, and no text is made of a value that is listed.
    const std::string other = "min(CASE WHEN (" + parts.column + " IN (" + list +
                              ")) IS NOT TRUE THEN coalesce(" + parts.column +
                              "::VARCHAR, 'null') END)";
    failures += " WHEN " + other + " IS NOT NULL THEN error(" +
                engine::QuoteText("a value of " + params.at("columns").get<std::string>() +
                                  " that `names` does not list (write `others: drop` to leave such "
                                  "rows out): ") +
                " || " + other + ")";
  }
  if (params.value("aggregate", "none") == "none") {
    failures += " WHEN " + repeated +
                " THEN error('several rows meet in one cell (name an `aggregate`): ' || " +
                GroupText(parts.rows) + ")";
  }
  return failures;
}

Status CheckTypes(const StepContext& context, const StepInput& input) {
  TRY(CheckColumns(input, TextsOf(context.params, "rows")));
  TRY(CheckColumns(input, TextsOf(context.params, "order_by")));
  TRY_ASSIGN(const Field values, ColumnOf(input, context.params.at("values").get<std::string>()));
  const std::string aggregate = context.params.value("aggregate", "none");
  if ((aggregate != "sum" && aggregate != "mean") || IsNumber(values.type)) return {};
  return Error{ErrorCode::kUser,
               "`" + values.name + "` of `" + input.name + "` is " + TypeText(values.type) +
                   ": a " + aggregate + " needs a number",
               "choose another `aggregate`"};
}

Result<std::string> ToSql(const StepContext& context) {
  const StepInput& input = InputOf(context);
  TRY(CheckTypes(context, input));
  TRY_ASSIGN(const Field column, ColumnOf(input, context.params.at("columns").get<std::string>()));
  PivotParts parts{TextsOf(context.params, "rows"),
                   QuoteName(column.name),
                   TextsOf(context.params, "names"),
                   {}};
  const std::string rows = engine::NameList(parts.rows);
  const std::string cell = CellOf(context, input);
  std::string cells;
  for (const std::string& name : parts.names) {
    TRY_ASSIGN(const std::string value, ValueNamed(name, column));
    parts.values.push_back(value);
    cells +=
        ", " + cell + " FILTER (WHERE " + parts.column + " = " + value + ") AS " + QuoteName(name);
  }
  const std::string failures = Failures(context.params, parts);
  return "SELECT " + rows + cells + " FROM " + QuoteName(input.name) + " GROUP BY " + rows +
         (failures.empty() ? "" : " HAVING CASE" + failures + " ELSE true END");
}

Status CheckParams(const Json& params) {
  const std::vector<std::string> rows = TextsOf(params, "rows");
  const std::vector<std::string> names = TextsOf(params, "names");
  TRY(CheckNamedOnce("rows", rows));
  TRY(CheckNewNames("names", names));
  for (const std::string& name : names) {
    if (!HasName(rows, name)) continue;
    return Error{ErrorCode::kUser, "`rows` and `names` would make two columns of one name: " + name,
                 "rename the column of `rows` first"};
  }
  for (const char* param : {"columns", "values"}) {
    const std::string column = params.at(param).get<std::string>();
    if (!HasName(rows, column)) continue;
    return Error{ErrorCode::kUser,
                 "`rows` and `" + std::string(param) + "` name the same column: " + column,
                 "the columns of `rows` are those that stay"};
  }
  const bool is_first = params.value("aggregate", "none") == "first";
  if (is_first == params.contains("order_by")) return {};
  return is_first ? Error{ErrorCode::kUser, "`aggregate: first` needs `order_by`",
                          "say which row is the first, as `order_by: [date]`"}
                  : Error{ErrorCode::kUser, "`order_by` says nothing without `aggregate: first`",
                          "take it away"};
}

}  // namespace

StepKind pivot_step() {
  using contract::ParamType;
  return {
      .info = {.name = "pivot",
               .summary = "makes columns of the values of a column",
               .help =
                   "One row comes out for each group of equal `rows` (null is equal to null), with "
                   "one column for each of `names`. The names are declared so that the columns are "
                   "known before anything runs; a value that is not among them, null included, "
                   "fails the step, or is left out with `others: drop`. Columns that no parameter "
                   "names go.\n\n"
                   "A cell without rows is null (0 with `count`). Where several rows meet in one "
                   "cell, the step fails and names the group, unless `aggregate` says what to make "
                   "of them: `first` by `order_by` (ties by all columns; it may be a null), `sum`, "
                   "`min`, `max`, `mean` and `count`, which leave nulls out. `sum` and `mean` need "
                   "a number. Rows stand for many, so their lineage is that of a GROUP BY.",
               .version = 1,
               .params = {{.name = "input",
                           .type = ParamType::kInput,
                           .summary = "the node whose rows are read",
                           .required = true},
                          {.name = "rows",
                           .type = ParamType::kColumns,
                           .summary = "columns that stay; rows equal in them become one",
                           .required = true},
                          {.name = "columns",
                           .type = ParamType::kColumn,
                           .summary = "the column whose values become columns",
                           .required = true},
                          {.name = "values",
                           .type = ParamType::kColumn,
                           .summary = "the column whose values stand in the cells",
                           .required = true},
                          {.name = "names",
                           .type = ParamType::kScalars,
                           .summary = "values of `columns`, in the order in which the new columns "
                                      "stand",
                           .required = true},
                          {.name = "aggregate",
                           .type = ParamType::kChoice,
                           .summary = "what is made of several rows in one cell",
                           .by_default = "none",
                           .choices = {"none", "first", "sum", "min", "max", "mean", "count"}},
                          {.name = "order_by",
                           .type = ParamType::kColumns,
                           .summary = "columns that decide which row is the first"},
                          {.name = "others",
                           .type = ParamType::kChoice,
                           .summary = "what happens at a value that is not among the names",
                           .by_default = "error",
                           .choices = {"error", "drop"}}},
               .check = CheckParams,
               .example = "steps:\n  wide: {kind: pivot, input: sales, rows: [store], columns: "
                          "quarter, values: amount, names: [q1, q2], aggregate: sum}\n"},
      .to_sql = ToSql};
}

}  // namespace assay::step
