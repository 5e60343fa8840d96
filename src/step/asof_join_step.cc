#include <cstdint>

#include "contract/duration.h"
#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/common_type.h"
#include "step/joined_columns.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;
using engine::QuoteName;

std::string TimeName(const Json& params, bool is_right) {
  if (is_right && params.contains("right_time")) return params.at("right_time").get<std::string>();
  return params.at("time").get<std::string>();
}

// One row of the right side for each time and group, so that it is always the same one.
std::string Candidates(const StepInput& right, const std::vector<ColumnPair>& by,
                       const std::string& time) {
  std::vector<std::string> group;
  group.reserve(by.size() + 1);
  for (const ColumnPair& pair : by) group.push_back(pair.right);
  group.push_back(time);
  std::string present;
  for (const std::string& column : group) {
    present += (present.empty() ? "" : " AND ") + QuoteName(column) + " IS NOT NULL";
  }
  return "(SELECT * FROM " + QuoteName(right.name) + " WHERE " + present +
         " QUALIFY row_number() OVER (PARTITION BY " + engine::NameList(group) + " ORDER BY " +
         TotalOrder(right, {}) + ") = 1)";
}

struct AsofSql {
  const Json& params;
  std::vector<ColumnPair> by;
  std::string left_time;   // quoted, of left_rows
  std::string right_time;  // quoted, without a table
  std::string candidates;

  // `earlier`: rows of the right side at or before the time of the left one.
  std::string Join(bool earlier, const std::string& alias) const {
    // DuckDB 1.5.5 finds partners for nulls in all but the first of the columns compared.
    std::string on = "(" + left_time + " IS NOT NULL";
    for (const ColumnPair& pair : by) {
      on += " AND left_rows." + QuoteName(pair.left) + " IS NOT NULL";
    }
    on += ") = (" + alias + "." + right_time + " IS NOT NULL) AND ";
    for (const ColumnPair& pair : by) {
      on += "left_rows." + QuoteName(pair.left) + " = " + alias + "." + QuoteName(pair.right) +
            " AND ";
    }
    const std::string equal = params.value("equal_times", true) ? "= " : " ";
    return " ASOF LEFT JOIN " + candidates + " AS " + alias + " ON " + on + left_time +
           (earlier ? " >" : " <") + equal + alias + "." + right_time;
  }

  // Whether the row found is near enough; empty where every one is.
  std::string IsNear(bool earlier, const std::string& alias) const {
    if (!params.contains("within")) return "";
    const std::int64_t seconds =
        contract::ParseDuration(params.at("within").get<std::string>())->seconds;
    return alias + "." + right_time + (earlier ? " + " : " - ") + "INTERVAL '" +
           std::to_string(seconds) + " seconds'" + (earlier ? " >= " : " <= ") + left_time;
  }

  std::string Value(bool earlier, const std::string& alias, const std::string& column) const {
    const std::string value = alias + "." + QuoteName(column);
    const std::string is_near = IsNear(earlier, alias);
    return is_near.empty() ? value : "CASE WHEN " + is_near + " THEN " + value + " END";
  }

  // Of two rows that are equally far away the earlier one.
  std::string NearestValue(const std::string& column) const {
    return "CASE WHEN earlier_rows." + right_time + " IS NULL OR later_rows." + right_time + " - " +
           left_time + " < " + left_time + " - earlier_rows." + right_time + " THEN " +
           Value(false, "later_rows", column) + " ELSE " + Value(true, "earlier_rows", column) +
           " END";
  }
};

Error NotATime(const Field& field, const StepInput& input) {
  return Error{
      ErrorCode::kUser,
      "`" + field.name + "` of `" + input.name + "` is " + TypeText(field.type) + ": it is no time",
      "name a date or a timestamp, or cast it first"};
}

Status CheckTimes(const StepContext& context) {
  const StepInput& left = InputOf(context, "left");
  const StepInput& right = InputOf(context, "right");
  const ColumnPair pair{TimeName(context.params, false), TimeName(context.params, true)};
  TRY(CheckPairTypes(context, {pair}));
  TRY_ASSIGN(const Field one, ColumnOf(left, pair.left));
  TRY_ASSIGN(const Field other, ColumnOf(right, pair.right));
  if (!IsTime(one.type)) return NotATime(one, left);
  if (!IsTime(other.type)) return NotATime(other, right);
  return {};
}

Result<std::string> ToSql(const StepContext& context) {
  const Json& params = context.params;
  const StepInput& left = InputOf(context, "left");
  const StepInput& right = InputOf(context, "right");
  AsofSql sql{params, PairsOn(params, "by"), "left_rows." + QuoteName(TimeName(params, false)),
              QuoteName(TimeName(params, true)), ""};
  TRY(CheckPairTypes(context, sql.by));
  TRY(CheckTimes(context));
  std::vector<std::string> compared = {TimeName(params, true)};
  for (const ColumnPair& pair : sql.by) compared.push_back(pair.right);
  TRY_ASSIGN(const std::vector<TakenColumn> taken, TakenColumns(context, compared));
  sql.candidates = Candidates(right, sql.by, TimeName(params, true));
  const std::string direction = params.value("direction", "backward");
  std::string values;
  for (const TakenColumn& each : taken) {
    values +=
        ", " +
        (direction == "nearest" ? sql.NearestValue(each.column)
                                : sql.Value(direction == "backward", "right_rows", each.column)) +
        " AS " + QuoteName(each.name);
  }
  return "SELECT left_rows.*" + values + " FROM " + QuoteName(left.name) + " AS left_rows" +
         (direction == "nearest" ? sql.Join(true, "earlier_rows") + sql.Join(false, "later_rows")
                                 : sql.Join(direction == "backward", "right_rows"));
}

Status CheckParams(const Json& params) {
  TRY(CheckTaken(params));
  if (params.contains("right_by") && !params.contains("by")) {
    return Error{ErrorCode::kUser, "`right_by` says nothing without `by`",
                 "name the columns of the left side in `by`"};
  }
  TRY(CheckPairs(params, "by"));
  for (const ColumnPair& pair : PairsOn(params, "by")) {
    if (!HasName({pair.left}, TimeName(params, false)) &&
        !HasName({pair.right}, TimeName(params, true))) {
      continue;
    }
    return Error{ErrorCode::kUser, "`by` names a time: " + pair.left,
                 "columns of `by` must be equal, times must not"};
  }
  if (!params.contains("within")) return {};
  TRY(contract::ParseDuration(params.at("within").get<std::string>()));
  return {};
}

}  // namespace

StepKind asof_join_step() {
  using contract::ParamType;
  return {
      .info = {.name = "asof_join",
               .summary = "puts the row of another node that was the latest at a row's time beside "
                          "it",
               .help =
                   "Every row of the left side comes out once, with the columns of one row of the "
                   "right side, of equal `by`: with `direction: backward` the last one at or "
                   "before its time, with `forward` the first one at or after it, with `nearest` "
                   "the one that is less far away (of two equally far the earlier). Where there is "
                   "none, or none `within` the given span, the columns are null; nothing is "
                   "refused, a gate with `not_null` behind tells.\n\n"
                   "`backward` takes what was known at the time, as training data must; where a "
                   "row of the very same time may be its consequence, write `equal_times: false`. "
                   "Of several rows of the right side with an equal time and equal `by`, the first "
                   "by all its columns is taken, so the answer never depends on how the rows lie; "
                   "`dedup` before the join to choose another. Null times, and nulls in `by`, have "
                   "no partner.\n\n"
                   "A column that both sides have is an error that names it, and so are times or "
                   "columns of types that do not compare: `align` times first. Lineage leads to "
                   "the row of the left side and to the row found (with `nearest` to the two that "
                   "were compared), also where it was too far away.",
               .version = 1,
               .params = {{.name = "left",
                           .type = ParamType::kInput,
                           .summary = "the node whose rows are added to",
                           .required = true},
                          {.name = "right",
                           .type = ParamType::kInput,
                           .summary = "the node whose columns are added",
                           .required = true},
                          {.name = "time",
                           .type = ParamType::kColumn,
                           .summary = "a date or timestamp of both sides",
                           .required = true},
                          {.name = "right_time",
                           .type = ParamType::kColumn,
                           .summary = "its name on the right side (default: as in time)"},
                          {.name = "by",
                           .type = ParamType::kColumns,
                           .summary = "columns that must be equal (default: none)"},
                          {.name = "right_by",
                           .type = ParamType::kColumns,
                           .summary = "their names on the right side, in the same order (default: "
                                      "as in by)"},
                          {.name = "direction",
                           .type = ParamType::kChoice,
                           .summary = "on which side of its time a row is looked for",
                           .by_default = "backward",
                           .choices = {"backward", "forward", "nearest"}},
                          {.name = "within",
                           .type = ParamType::kString,
                           .summary = "how far away it may be, as 10 min (default: any)"},
                          {.name = "equal_times",
                           .type = ParamType::kBool,
                           .summary = "false: a row of the very same time does not count (default "
                                      "true)"},
                          ColumnsParam(),
                          RenameParam()},
               .check = CheckParams,
               .example =
                   "steps:\n  weathered:\n    kind: asof_join\n    left: flights\n    right: "
                   "weather\n    time: date\n    right_time: observed_at\n    by: origin\n   "
                   " within: 3 hours\n    columns: [wind]\n"},
      .to_sql = ToSql,
      .order_free = true};
}

}  // namespace assay::step
