#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/step.h"
#include "step/window_call.h"

namespace assay::step {
namespace {

using contract::PairsOf;
using contract::TextsOf;

// Without `order_by` each call sees its whole group; the order is there all the same, as sums of
// floating-point numbers depend on it.
std::string Frame(const Json& params) {
  if (params.contains("frame")) return " " + params.at("frame").get<std::string>();
  if (params.contains("order_by")) return "";
  return " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
}

Result<std::string> ToSql(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const std::vector<std::string> partition = TextsOf(context.params, "partition_by");
  const std::vector<std::string> order = TextsOf(context.params, "order_by");
  TRY(CheckColumns(input, partition));
  TRY(CheckColumns(input, order));
  const std::string window =
      "OVER (" + (partition.empty() ? "" : "PARTITION BY " + engine::NameList(partition) + " ") +
      "ORDER BY " + TotalOrder(input, order, context.params.value("descending", false)) +
      Frame(context.params) + ")";
  std::string sql = "SELECT *";
  for (const auto& [name, expression] : PairsOf(context.params, "columns")) {
    if (ColumnOf(input, name).ok()) {
      return Error{ErrorCode::kUser, "`" + input.name + "` has a column already: " + name,
                   "give the new one another name"};
    }
    // The line feed ends a comment that a person left open.
    sql += ", " + expression + "\n" + window + " AS " + engine::QuoteName(name);
  }
  return sql + " FROM " + engine::QuoteName(input.name);
}

Status CheckParams(const Json& params) {
  std::vector<std::string> names;
  for (const auto& [name, expression] : PairsOf(params, "columns")) {
    TRY(CheckWindowCall(name, expression));
    names.push_back(name);
  }
  TRY(CheckNewNames("columns", names));
  TRY(CheckNamedOnce("partition_by", TextsOf(params, "partition_by")));
  TRY(CheckNamedOnce("order_by", TextsOf(params, "order_by")));
  const bool is_ordered = params.contains("order_by");
  for (const char* param : {"descending", "frame"}) {
    if (is_ordered || !params.contains(param)) continue;
    return Error{ErrorCode::kUser, "`" + std::string(param) + "` says nothing without `order_by`",
                 "say by which columns the rows are ordered"};
  }
  if (!params.contains("frame")) return {};
  return CheckFrame(params.at("frame").get<std::string>());
}

}  // namespace

StepKind window_step() {
  using contract::ParamType;
  return {
      .info = {.name = "window",
               .summary = "computes columns from the rows before and after a row",
               .help =
                   "Each of `columns` is one call of a window or aggregate function, such as "
                   "`lag(delay)`, `row_number()`, `avg(delay)` or `count(*) FILTER (WHERE late)`; "
                   "the step writes the OVER behind it. All rows and columns stay, the new ones "
                   "come last. What is computed with a new column (`delay - before`) belongs into "
                   "a `derive` step behind.\n\n"
                   "Rows that tie in `order_by` are ordered by all other columns, nulls last, so "
                   "the answer never depends on how the input lies or on the number of threads. "
                   "With `order_by` alone an aggregate runs from the first row of the group to the "
                   "current one; `frame` says which rows it sees instead, as `ROWS 6 PRECEDING`. "
                   "Without `order_by` it sees the whole group. Rows whose `partition_by` is null "
                   "are one group.\n\n"
                   "A window that looks ahead (`lead`, FOLLOWING, a whole group) gives a row what "
                   "was not known at its time: mind what a model is told.",
               .version = 1,
               .params = {{.name = "input",
                           .type = ParamType::kInput,
                           .summary = "the node whose rows are read",
                           .required = true},
                          {.name = "partition_by",
                           .type = ParamType::kColumns,
                           .summary = "columns that are equal within a group (default: one group)"},
                          {.name = "order_by",
                           .type = ParamType::kColumns,
                           .summary = "columns by which the rows of a group are ordered"},
                          {.name = "descending",
                           .type = ParamType::kBool,
                           .summary = "true: the largest first (default false)"},
                          {.name = "frame",
                           .type = ParamType::kString,
                           .summary = "the rows that an aggregate sees, as ROWS 6 PRECEDING"},
                          {.name = "columns",
                           .type = ParamType::kExpressions,
                           .summary = "new columns, each one call of a function",
                           .required = true}},
               .check = CheckParams,
               .example = "steps:\n  history:\n    kind: window\n    input: flights\n    "
                          "partition_by: origin\n    order_by: date\n    columns: {before: "
                          "lag(delay)}\n"},
      .to_sql = ToSql,
      .order_free = true};
}

}  // namespace assay::step
