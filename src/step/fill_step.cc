#include <algorithm>

#include "base/letter_case.h"
#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;
using engine::QuoteName;
using engine::QuoteText;

constexpr char kRows[] = "_assay_rows";
constexpr char kGroups[] = "_assay_groups";

std::string With(const Json& params) { return params.at("with").get<std::string>(); }

bool IsNeighbour(const std::string& with) { return with == "forward" || with == "backward"; }

bool IsOneOf(const std::string& column, const std::vector<std::string>& columns) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const std::string& other) { return Lower(column) == Lower(other); });
}

// ---- constants ----

bool IsWithin(const std::string& number, const char* least, const char* most) {
  return contract::CompareNumbers(number, least) >= 0 &&
         contract::CompareNumbers(number, most) <= 0;
}

bool IsWholeOf(const std::string& text, TypeKind kind) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (!contract::IsDigits(std::string_view(text).substr(sign)) || !contract::IsNumber(text)) {
    return false;
  }
  switch (kind) {
    case TypeKind::kInt8:
      return IsWithin(text, "-128", "127");
    case TypeKind::kInt16:
      return IsWithin(text, "-32768", "32767");
    case TypeKind::kInt32:
      return IsWithin(text, "-2147483648", "2147483647");
    case TypeKind::kInt64:
      return IsWithin(text, "-9223372036854775808", "9223372036854775807");
    case TypeKind::kUint8:
      return IsWithin(text, "0", "255");
    case TypeKind::kUint16:
      return IsWithin(text, "0", "65535");
    case TypeKind::kUint32:
      return IsWithin(text, "0", "4294967295");
    case TypeKind::kUint64:
      return IsWithin(text, "0", "18446744073709551615");
    default:
      return IsWithin(text, "-170141183460469231731687303715884105728",
                      "170141183460469231731687303715884105727");
  }
}

bool IsDecimalOf(const std::string& text, const Type& type) {
  if (!contract::IsNumber(text) || text.find_first_of("eE") != std::string::npos) return false;
  const std::size_t point = text.find('.');
  if (point != std::string::npos && text.size() - point - 1 > std::size_t(type.scale)) return false;
  const std::string bound = "1e" + std::to_string(type.precision - type.scale);
  return contract::CompareNumbers(text, bound) < 0 &&
         contract::CompareNumbers(text, "-" + bound) > 0;
}

bool IsClockTime(const std::string& text) {
  return text.find_first_not_of("0123456789:.") == std::string::npos &&
         contract::ParseTime("2000-01-01T" + text).ok();
}

bool IsValueOf(const std::string& text, const Type& type) {
  if (IsInteger(type)) return IsWholeOf(text, type.kind);
  switch (type.kind) {
    case TypeKind::kFloat32:
      return contract::IsNumber(text) && IsWithin(text, "-3.4028234e38", "3.4028234e38");
    case TypeKind::kFloat64:
      return contract::IsNumber(text) && IsWithin(text, "-1.797693e308", "1.797693e308");
    case TypeKind::kDecimal:
      return IsDecimalOf(text, type);
    case TypeKind::kString:
      return true;
    case TypeKind::kBool:
      return text == "true" || text == "false";
    case TypeKind::kDate:
      return text.size() == 10 && contract::ParseTime(text).ok();
    case TypeKind::kTime:
      return IsClockTime(text);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return contract::ParseTime(text).ok();
    default:
      return false;
  }
}

Result<std::string> Constant(const StepInput& input, const Field& field, const Json& params) {
  const std::string value = params.at("value").get<std::string>();
  if (!IsValueOf(value, field.type)) {
    return Error{ErrorCode::kUser,
                 "`" + field.name + "` of `" + input.name + "` is " + TypeText(field.type) +
                     "; no value of that type is: " + value,
                 "write another `value`, or cast the column in a clean step before"};
  }
  const std::string name = QuoteName(field.name);
  return "coalesce(" + name + ", CAST(" + QuoteText(value) + " AS " + engine::TypeSql(field.type) +
         ")) AS " + name;
}

// ---- neighbours ----

std::string Neighbour(const StepInput& input, const Field& field, const Json& params) {
  const bool forward = With(params) == "forward";
  const std::string name = QuoteName(field.name);
  const std::string reach =
      params.contains("limit") ? std::to_string(params["limit"].get<std::int64_t>()) : "UNBOUNDED";
  const std::vector<std::string> by = TextsOf(params, "by");
  return std::string(forward ? "last_value(" : "first_value(") + name + " IGNORE NULLS) OVER (" +
         (by.empty() ? "" : "PARTITION BY " + engine::NameList(by) + " ") + "ORDER BY " +
         TotalOrder(input, TextsOf(params, "order_by")) + " ROWS BETWEEN " +
         (forward ? reach + " PRECEDING AND CURRENT ROW"
                  : "CURRENT ROW AND " + reach + " FOLLOWING") +
         ") AS " + name;
}

// ---- figures of a column ----

bool HasOrder(const Type& type) {
  return IsNumber(type) || type.kind == TypeKind::kDate || type.kind == TypeKind::kTime ||
         type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTimestampUtc;
}

Status CheckFigure(const StepInput& input, const Field& field, const std::string& with) {
  if (with == "mode") {
    if (field.type.children.empty()) return {};
    return Error{ErrorCode::kUser,
                 "`" + field.name + "` of `" + input.name + "` is " + TypeText(field.type) +
                     ", which has no mode",
                 "fill it by an expression in a derive step"};
  }
  if (with == "median" ? HasOrder(field.type) : IsFloat(field.type)) return {};
  const bool is_exact = IsNumber(field.type);
  return Error{ErrorCode::kUser,
               "`" + field.name + "` of `" + input.name + "` is " + TypeText(field.type) +
                   (is_exact ? "; a mean would be rounded" : ", which has no " + with),
               is_exact ? "cast it in a clean step before, `cast: {" + field.name +
                              ": float64}`, or fill with the median"
                        : "fill it with its mode or a constant"};
}

// A mean or median; the same for any order of rows.
std::string Figure(const Field& field, const std::string& with) {
  const std::string name = QuoteName(field.name);
  if (with == "mean") {
    return "CAST(assay_mean(CAST(" + name + " AS DOUBLE)) AS " + engine::TypeSql(field.type) + ")";
  }
  return (IsFloat(field.type) ? "quantile_cont(" : "quantile_disc(") + name + ", 0.5)";
}

std::string GroupTable(std::size_t number) { return kGroups + std::to_string(number); }

// The most frequent value, the least of those that are equally frequent.
std::string ModeTable(const StepInput& input, const Field& field, const std::string& by) {
  const std::string name = QuoteName(field.name);
  return "(SELECT " + by + ", " + name + " FROM (SELECT " + by + ", " + name +
         ", count(*) AS _assay_count FROM " + QuoteName(input.name) + " WHERE " + name +
         " IS NOT NULL GROUP BY ALL) QUALIFY row_number() OVER (PARTITION BY " + by +
         " ORDER BY _assay_count DESC, " + name + ") = 1)";
}

std::string Mode(const StepInput& input, const Field& field) {
  const std::string name = QuoteName(field.name);
  return "(SELECT " + name + " FROM " + QuoteName(input.name) + " WHERE " + name +
         " IS NOT NULL GROUP BY " + name + " ORDER BY count(*) DESC, " + name + " LIMIT 1)";
}

// Of each group: a table of groups, joined. Null is a group too.
std::string ByGroups(const StepInput& input, const std::vector<Field>& fields, const Json& params) {
  const std::vector<std::string> by = TextsOf(params, "by");
  const std::string keys = engine::NameList(by);
  const std::string with = With(params);
  std::vector<std::string> tables;
  std::string replaced, figures;
  for (const Field& field : fields) {
    const std::string name = QuoteName(field.name);
    if (with == "mode") {
      tables.push_back(ModeTable(input, field, keys));
    } else {
      figures += ", " + Figure(field, with) + " AS " + name;
    }
    replaced += (replaced.empty() ? "coalesce(" : ", coalesce(") + std::string(kRows) + "." + name +
                ", " + GroupTable(with == "mode" ? tables.size() - 1 : 0) + "." + name + ") AS " +
                name;
  }
  if (tables.empty()) {
    tables.push_back("(SELECT " + keys + figures + " FROM " + QuoteName(input.name) + " GROUP BY " +
                     keys + ")");
  }
  std::string sql = std::string("SELECT ") + kRows + ".* REPLACE (" + replaced + ") FROM " +
                    QuoteName(input.name) + " AS " + kRows;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    std::string equal;
    for (const std::string& column : by) {
      equal += (equal.empty() ? "" : " AND ") + std::string(kRows) + "." + QuoteName(column) +
               " IS NOT DISTINCT FROM " + GroupTable(i) + "." + QuoteName(column);
    }
    sql += " LEFT JOIN " + tables[i] + " AS " + GroupTable(i) + " ON " + equal;
  }
  return sql;
}

std::string OfAll(const StepInput& input, const Field& field, const std::string& with) {
  const std::string name = QuoteName(field.name);
  const std::string figure =
      with == "mode" ? Mode(input, field)
                     : "(SELECT " + Figure(field, with) + " FROM " + QuoteName(input.name) + ")";
  return "coalesce(" + name + ", " + figure + ") AS " + name;
}

Result<std::vector<Field>> FilledFields(const StepInput& input, const Json& params) {
  TRY(CheckColumns(input, TextsOf(params, "by")));
  TRY(CheckColumns(input, TextsOf(params, "order_by")));
  std::vector<Field> fields;
  for (const std::string& column : TextsOf(params, "columns")) {
    TRY_ASSIGN(const Field field, ColumnOf(input, column));
    fields.push_back(field);
  }
  return fields;
}

Result<std::string> ToSql(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const Json& params = context.params;
  const std::string with = With(params);
  TRY_ASSIGN(const std::vector<Field> fields, FilledFields(input, params));
  const bool is_figure = with != "constant" && !IsNeighbour(with);
  std::string replaced;
  for (const Field& field : fields) {
    if (is_figure) TRY(CheckFigure(input, field, with));
    std::string value;
    if (with == "constant") {
      TRY_ASSIGN(value, Constant(input, field, params));
    } else {
      value = is_figure ? OfAll(input, field, with) : Neighbour(input, field, params);
    }
    replaced += (replaced.empty() ? "" : ", ") + value;
  }
  if (is_figure && params.contains("by")) return ByGroups(input, fields, params);
  return "SELECT * REPLACE (" + replaced + ") FROM " + QuoteName(input.name);
}

Status CheckIsUsed(const Json& params, const char* param, bool is_used, const std::string& with) {
  if (!params.contains(param) || is_used) return {};
  return Error{ErrorCode::kUser,
               "`" + std::string(param) + "` says nothing where columns are filled with: " + with,
               "take it away"};
}

Status Check(const Json& params) {
  const std::string with = With(params);
  const std::vector<std::string> columns = TextsOf(params, "columns");
  if (columns.empty()) {
    return Error{ErrorCode::kUser, "a fill step needs a column", "write `columns: [COLUMN]`"};
  }
  TRY(CheckIsUsed(params, "value", with == "constant", with));
  TRY(CheckIsUsed(params, "by", with != "constant", with));
  TRY(CheckIsUsed(params, "order_by", IsNeighbour(with), with));
  TRY(CheckIsUsed(params, "limit", IsNeighbour(with), with));
  if (with == "constant" && !params.contains("value")) {
    return Error{ErrorCode::kUser, "a fill step with a constant needs `value`", "write `value: 0`"};
  }
  if (IsNeighbour(with) && TextsOf(params, "order_by").empty()) {
    return Error{ErrorCode::kUser, "a fill step with neighbours needs `order_by`",
                 "say which row stands before which, as `order_by: [time]`"};
  }
  if (params.contains("limit") && params["limit"].get<std::int64_t>() < 1) {
    return Error{ErrorCode::kUser,
                 "not a number of rows: " + std::to_string(params["limit"].get<std::int64_t>()),
                 "write `limit: 1` or more"};
  }
  for (const char* param : {"by", "order_by"}) {
    for (const std::string& column : TextsOf(params, param)) {
      if (!IsOneOf(column, columns)) continue;
      return Error{ErrorCode::kUser,
                   "a column that is filled stands in `" + std::string(param) + "`: " + column,
                   "take it from one of them"};
    }
  }
  return {};
}

}  // namespace

StepKind fill_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "fill",
           .summary = "puts values in the place of nulls",
           .help =
               "`with` says which:\n\n- `constant`: the `value`, which the column's type must be "
               "able to hold.\n- `forward`, `backward`: that of the nearest row before (after) by "
               "`order_by` that has one; rows equal in it are put in order by all columns. `limit` "
               "is how many nulls in a row are filled at most.\n- `mean`: the mean, of "
               "floating-point columns alone: of others it would be rounded. The sum is exact and "
               "rounded once, so neither the order of rows nor the number of threads shows.\n- "
               "`median`: the middle value; of floating-point columns the mean of the two in the "
               "middle, of all others the lower of them, so that it is a value that occurs.\n- "
               "`mode`: the most frequent value, the least of those that are equally "
               "frequent.\n\nWith `by`, neighbours and figures are those of the rows that are "
               "equal in these columns; null is equal to null. Where there is no value to fill "
               "with, null stays. NaN is a value: it is not filled, and makes a mean NaN.\n\nMean, "
               "median and mode look at all rows, those of a later test split too. What a model "
               "is trained on is better filled in a preparation, by `impute`, which is fitted on "
               "the training split alone.",
           .version = 1,
           .params = {{.name = "input",
                       .type = ParamType::kInput,
                       .summary = "the node whose rows it reads",
                       .required = true},
                      {.name = "columns",
                       .type = ParamType::kColumns,
                       .summary = "the columns that are filled",
                       .required = true},
                      {.name = "with",
                       .type = ParamType::kChoice,
                       .summary = "what they are filled with",
                       .required = true,
                       .choices = {"constant", "forward", "backward", "mean", "median", "mode"}},
                      {.name = "value", .type = ParamType::kScalar, .summary = "the constant"},
                      {.name = "by",
                       .type = ParamType::kColumns,
                       .summary = "columns that make rows one group"},
                      {.name = "order_by",
                       .type = ParamType::kColumns,
                       .summary = "columns that say which row stands before which"},
                      {.name = "limit",
                       .type = ParamType::kInteger,
                       .summary = "how many nulls in a row are filled at most (default: all)"}},
           .check = Check,
           .example = "steps:\n  whole: {kind: fill, input: flights, columns: [delay], with: "
                      "constant, value: 0}\n"},
      .to_sql = ToSql,
      .order_free = true};
}

}  // namespace assay::step
