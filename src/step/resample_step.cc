#include <cstdint>
#include <optional>

#include "contract/duration.h"
#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/common_type.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::PairsOf;
using contract::TextsOf;
using engine::QuoteName;

constexpr std::int64_t kDaySeconds = 86'400;

struct Width {
  std::string interval;     // SQL
  bool whole_days = false;  // months too
};

// `3 months`, `1 year`; nothing where the text is of another unit.
std::optional<std::int64_t> MonthsOf(const std::string& every) {
  const std::size_t digits = every.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string::npos) return std::nullopt;
  const std::size_t unit = every.find_first_not_of(' ', digits);
  const std::string name = unit == std::string::npos ? "" : every.substr(unit);
  const std::int64_t months = name == "month" || name == "months" ? 1
                              : name == "year" || name == "years" ? 12
                                                                  : 0;
  const auto count = contract::ParseInteger(every.substr(0, digits));
  if (months == 0 || !count.ok() || *count > 12'000) return std::nullopt;
  return *count * months;
}

Result<Width> WidthOf(const std::string& every) {
  Width width;
  std::int64_t count = 0;
  if (const std::optional<std::int64_t> months = MonthsOf(every)) {
    count = *months;
    width = {"INTERVAL '" + std::to_string(count) + " months'", true};
  } else {
    auto duration = contract::ParseDuration(every);
    if (!duration.ok()) {
      return Error{ErrorCode::kUser, "`every`: " + duration.error().message,
                   "write a whole number and a unit from s to years, such as `15 min`, `1 day` or "
                   "`1 month`"};
    }
    count = duration->seconds;
    width = {"INTERVAL '" + std::to_string(count) + " seconds'", count % kDaySeconds == 0};
  }
  if (count > 0) return width;
  return Error{ErrorCode::kUser, "`every` must be longer than nothing: " + every,
               "write `15 min`, `1 day` or `1 month`"};
}

// One row for each group and bucket that has rows.
std::string Buckets(const StepContext& context, const StepInput& input, const std::string& time,
                    const std::string& interval) {
  const std::string by = engine::NameList(TextsOf(context.params, "by"));
  const std::string groups = by.empty() ? "" : by + ", ";
  const std::string bucket = "time_bucket(" + interval + ", " + time + ")";
  std::string sql = "SELECT " + groups + bucket + " AS " + time;
  for (const auto& [name, expression] : PairsOf(context.params, "columns")) {
    // The line feed ends a comment that a person left open.
    sql += ", (" + expression + "\n) AS " + QuoteName(name);
  }
  return sql + " FROM " + QuoteName(input.name) + " WHERE " + time + " IS NOT NULL GROUP BY " +
         groups + bucket;
}

// Those, and one row of nulls for each bucket of a group that lies between two of them.
std::string WithEmpty(const StepContext& context, const std::string& buckets, const Field& time,
                      const std::string& interval) {
  const std::string name = QuoteName(time.name);
  std::string groups;
  std::string equal = "spine." + name + " = made." + name;
  for (const std::string& column : TextsOf(context.params, "by")) {
    groups += QuoteName(column) + ", ";
    equal += " AND spine." + QuoteName(column) + " IS NOT DISTINCT FROM made." + QuoteName(column);
  }
  std::string made;
  for (const auto& [column, expression] : PairsOf(context.params, "columns")) {
    made += ", made." + QuoteName(column);
  }
  const std::string group_by =
      groups.empty() ? "" : " GROUP BY " + groups.substr(0, groups.size() - 2);
  return "WITH _assay_buckets AS (" + buckets + ") SELECT spine.*" + made + " FROM (SELECT " +
         groups + "unnest(generate_series(min(" + name + "), max(" + name + "), " + interval +
         "))::" + engine::TypeSql(time.type) + " AS " + name + " FROM _assay_buckets" + group_by +
         ") AS spine LEFT JOIN _assay_buckets AS made ON " + equal;
}

Result<Field> TimeOf(const StepContext& context, const StepInput& input, const Width& width) {
  TRY_ASSIGN(const Field time, ColumnOf(input, context.params.at("time").get<std::string>()));
  const std::string is = "`" + time.name + "` of `" + input.name + "` is " + TypeText(time.type);
  if (!IsTime(time.type)) {
    return Error{ErrorCode::kUser, is + ": buckets of time need a date or a timestamp",
                 "cast it first"};
  }
  if (time.type.kind == TypeKind::kDate && !width.whole_days) {
    return Error{
        ErrorCode::kUser,
        is + ": its buckets are whole days, not " + context.params.at("every").get<std::string>(),
        "write `every: 1 day` or more, or cast it to a timestamp first"};
  }
  return time;
}

Result<std::string> ToSql(const StepContext& context) {
  const StepInput& input = InputOf(context);
  TRY_ASSIGN(const Width width, WidthOf(context.params.at("every").get<std::string>()));
  TRY_ASSIGN(const Field time, TimeOf(context, input, width));
  TRY(CheckColumns(input, TextsOf(context.params, "by")));
  const std::string buckets = Buckets(context, input, QuoteName(time.name), width.interval);
  if (context.params.value("empty", "leave") == "leave") return buckets;
  return WithEmpty(context, buckets, time, width.interval);
}

Result<std::string> Refusals(const StepContext& context) {
  const StepInput& input = InputOf(context);
  TRY_ASSIGN(const Field time, ColumnOf(input, context.params.at("time").get<std::string>()));
  return "SELECT " + engine::NameList(FieldNames(input.schema)) +
         ", file_index, file_row_number, " + engine::QuoteText(time.name + ": null") +
         " AS reason FROM " + input.table + " WHERE " + QuoteName(time.name) + " IS NULL";
}

Status CheckParams(const Json& params) {
  TRY(WidthOf(params.at("every").get<std::string>()));
  const std::string time = params.at("time").get<std::string>();
  std::vector<std::string> names = TextsOf(params, "by");
  TRY(CheckNamedOnce("by", names));
  if (HasName(names, time)) {
    return Error{ErrorCode::kUser, "`time` and `by` name the same column: " + time,
                 "rows are grouped by `by` and by buckets of `time`"};
  }
  names.push_back(time);
  for (const auto& [name, expression] : PairsOf(params, "columns")) {
    TRY(CheckNewName(name));
    if (HasName(names, name)) {
      return Error{ErrorCode::kUser, "two columns would have one name: " + name,
                   "give the new one another name"};
    }
    names.push_back(name);
  }
  return {};
}

}  // namespace

StepKind resample_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "resample",
           .summary = "makes one row of all rows in a span of time",
           .help =
               "One row comes out for each group of equal `by` and each span of `every`, with "
               "the beginning of the span in the `time` column: a row at 10:59 of hourly spans "
               "is of 10:00, one at 11:00 of 11:00. Each of `columns` is an SQL aggregate over "
               "the rows of a span, such as `avg(delay)` or `count(*)`. Columns that no "
               "parameter names go.\n\n"
               "Spans of months begin with a month, weeks on Monday, all others are counted "
               "from Monday 2000-01-03 00:00, so that they never depend on the data; "
               "timestamps with a time zone are cut in UTC. A span without rows is left out, or "
               "with `empty: nulls` a row of nulls between the first and the last span of its "
               "group; `fill` puts values there.\n\n"
               "A row without a time is refused (`NAME.refused`). Rows whose `by` is null are "
               "one group. Rows stand for many, so their lineage is that of a GROUP BY.",
           .version = 1,
           .params = {{.name = "input",
                       .type = ParamType::kInput,
                       .summary = "the node whose rows are read",
                       .required = true},
                      {.name = "time",
                       .type = ParamType::kColumn,
                       .summary = "a date or timestamp",
                       .required = true},
                      {.name = "every",
                       .type = ParamType::kString,
                       .summary = "the length of a span: 15 min, 1 hour, 1 day, 1 month",
                       .required = true},
                      {.name = "by",
                       .type = ParamType::kColumns,
                       .summary = "columns that are equal within a group (default: one group)"},
                      {.name = "columns",
                       .type = ParamType::kExpressions,
                       .summary = "new columns, each an aggregate",
                       .required = true},
                      {.name = "empty",
                       .type = ParamType::kChoice,
                       .summary = "what becomes of a span without rows",
                       .by_default = "leave",
                       .choices = {"leave", "nulls"}}},
           .refuses = [](const Json&) { return true; },
           .check = CheckParams,
           .example = "steps:\n  daily:\n    kind: resample\n    input: flights\n    time: "
                      "date\n    every: 1 day\n    by: origin\n    columns: {mean_delay: "
                      "avg(delay), flights: count(*)}\n"},
      .to_sql = ToSql,
      .refusals = Refusals};
}

}  // namespace assay::step
