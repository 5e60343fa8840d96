#include "engine/sql_text.h"
#include "step/step.h"
#include "step/zone_name.h"

namespace assay::step {
namespace {

using contract::TextsOf;
using engine::QuoteName;
using engine::QuoteText;

constexpr char kUtc[] = "UTC";
constexpr char kRows[] = "_assay_rows";

std::string Days(std::size_t number) { return "_assay_days_" + std::to_string(number); }

std::string From(const Json& params) { return params.value("from", ""); }
std::string To(const Json& params) { return params.value("to", kUtc); }

std::string Column(const std::string& column) {
  return std::string(kRows) + "." + QuoteName(column);
}

// The microseconds that a zone's clocks show at a moment, which is given as microseconds as well.
std::string Clock(const std::string& zone, const std::string& micros) {
  return "epoch_us(timezone(" + QuoteText(zone) + ", make_timestamptz(" + micros + ")))";
}

// How far a zone's clocks are ahead of UTC at a moment.
std::string Ahead(const std::string& zone, const std::string& micros) {
  return "(" + Clock(zone, micros) + " - (" + micros + "))";
}

constexpr char kDay[] = "86400000000";  // microseconds

// A day of the calendar, and how far the clocks are ahead before and after it: where that is the
// same, as on all but a few days, it is so all day long, and no calendar needs to be asked for each
// row. Days beyond the table are worked out one by one.
std::string DayTable(const std::string& zone) {
  const std::string midnight = std::string("(n * ") + kDay + ")";
  return "(SELECT DATE '1970-01-01' + CAST(n AS INTEGER) AS day, " +
         Ahead(zone, midnight + " - " + kDay) + " AS before, " +
         Ahead(zone, midnight + " + 2 * " + kDay) + " AS after FROM range(0, 36525) AS r(n))";
}

// What clocks of the zone show in a column, as a moment in microseconds: it is ahead by what they
// were before or after the nearest change; where both lead back to what is shown, it is shown
// twice, where neither does, never. Null where the row is to be refused.
std::string Moment(const std::string& column, const std::string& days, const Json& params) {
  const std::string zone = From(params);
  const std::string shown = "epoch_us(" + Column(column) + ")";
  const std::string before =
      "coalesce(" + days + ".before, " + Ahead(zone, shown + " - " + kDay) + ")";
  const std::string after =
      "coalesce(" + days + ".after, " + Ahead(zone, shown + " + " + kDay) + ")";
  const auto moment = [&](const std::string& ahead) { return shown + " - " + ahead; };
  const auto leads_back = [&](const std::string& ahead) {
    return Clock(zone, moment(ahead)) + " = " + shown;
  };
  const std::string ambiguous = params.value("ambiguous", "refuse");
  const std::string twice = ambiguous == "earlier"
                                ? moment("greatest(" + before + ", " + after + ")")
                            : ambiguous == "later" ? moment("least(" + before + ", " + after + ")")
                                                   : "NULL";
  const std::string never = params.value("missing", "refuse") == "shift" ? moment(before) : "NULL";
  return "CASE WHEN " + days + ".before = " + days + ".after THEN " + moment(days + ".before") +
         " WHEN " + before + " = " + after + " THEN " + moment(before) + " WHEN " +
         leads_back(before) + " THEN CASE WHEN " + leads_back(after) + " THEN " + twice + " ELSE " +
         moment(before) + " END WHEN " + leads_back(after) + " THEN " + moment(after) + " ELSE " +
         never + " END";
}

// Zones that never change their clocks need no table.
bool IsUtc(const std::string& zone) { return zone == kUtc; }

// A column's moments as the kind of time that `to` asks for.
std::string InTarget(const std::string& moment, const Json& params) {
  return IsUtc(To(params)) ? moment : "timezone(" + QuoteText(To(params)) + ", " + moment + ")";
}

std::string Value(const std::string& column, const std::string& days, const Json& params) {
  if (From(params).empty()) return InTarget(Column(column), params);
  const std::string micros =
      IsUtc(From(params)) ? "epoch_us(" + Column(column) + ")" : Moment(column, days, params);
  return InTarget("make_timestamptz(" + micros + ")", params);
}

bool Refuses(const Json& params) {
  return !From(params).empty() && !IsUtc(From(params)) &&
         (params.value("ambiguous", "refuse") == "refuse" ||
          params.value("missing", "refuse") == "refuse");
}

std::string Joins(const Json& params) {
  if (From(params).empty() || IsUtc(From(params))) return "";
  std::string joins;
  const std::vector<std::string> columns = TextsOf(params, "columns");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    joins += " LEFT JOIN " + DayTable(From(params)) + " AS " + Days(i) + " ON " + Days(i) +
             ".day = CAST(" + Column(columns[i]) + " AS DATE)";
  }
  return joins;
}

std::string IsRefused(const std::string& column, const std::string& days, const Json& params) {
  return "(" + Column(column) + " IS NOT NULL AND (" + Moment(column, days, params) + ") IS NULL)";
}

Result<std::string> Select(const Json& params) {
  std::string replaced, fits;
  const std::vector<std::string> columns = TextsOf(params, "columns");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    replaced += (replaced.empty() ? "" : ", ") + Value(columns[i], Days(i), params) + " AS " +
                QuoteName(columns[i]);
    if (!Refuses(params)) continue;
    fits += (fits.empty() ? " WHERE NOT " : " AND NOT ");
    fits += IsRefused(columns[i], Days(i), params);
  }
  return std::string("SELECT ") + kRows + ".* REPLACE (" + replaced + ") FROM " +
         QuoteName(params.at("input").get<std::string>()) + " AS " + kRows + Joins(params) + fits;
}

Result<std::string> Refusals(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const Json& params = context.params;
  const std::string zone = From(params);
  std::string reasons, refused;
  const std::vector<std::string> columns = TextsOf(params, "columns");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string is_refused = IsRefused(columns[i], Days(i), params);
    refused += (refused.empty() ? "" : " OR ") + is_refused;
    // Of what is shown twice, the earlier moment is one.
    Json earlier = params;
    earlier["ambiguous"] = "earlier";
    earlier["missing"] = "refuse";
    reasons += ", CASE WHEN NOT " + is_refused + " THEN NULL WHEN (" +
               Moment(columns[i], Days(i), earlier) + ") IS NULL THEN " +
               QuoteText(columns[i] + ": no such time in " + zone) + " ELSE " +
               QuoteText(columns[i] + ": twice in " + zone) + " END";
  }
  const std::string rows = std::string(kRows) + ".";
  const std::vector<std::string> names = FieldNames(input.schema);
  return "SELECT " + engine::NameList(names, rows) + ", " + rows + "file_index, " + rows +
         "file_row_number, concat_ws('; '" + reasons + ") AS reason FROM (SELECT " +
         engine::NameList(names) + ", file_index, file_row_number FROM " + input.table + ") AS " +
         kRows + Joins(params) + " WHERE " + refused;
}

Result<std::string> Ledger(const StepContext& context) {
  std::string sql;
  for (const std::string& column : TextsOf(context.params, "columns")) {
    const std::string zone = From(context.params).empty() ? kUtc : From(context.params);
    sql += (sql.empty() ? "SELECT " : " UNION ALL SELECT ") + QuoteText(column) +
           " AS \"column\", 'moved' AS change, " + QuoteText(zone) + " AS spelling, " +
           QuoteText(To(context.params)) + " AS became, count(" + QuoteName(column) +
           ") AS cells, count(" + QuoteName(column) + ") AS \"of\" FROM " + InputOf(context).table;
  }
  return sql;
}

Status Check(const Json& params) {
  if (TextsOf(params, "columns").empty()) {
    return Error{ErrorCode::kUser, "a time_zone step needs a column", "write `columns: [COLUMN]`"};
  }
  if (From(params).empty() && IsUtc(To(params))) {
    return Error{ErrorCode::kUser, "a time_zone step needs `from` or `to`",
                 "say where the clocks stood: `from: Europe/Berlin`"};
  }
  if (!From(params).empty()) TRY(CheckZone(From(params)).While("from"));
  return CheckZone(To(params)).While("to");
}

Status CheckSchema(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const bool has_from = !From(context.params).empty();
  for (const std::string& column : TextsOf(context.params, "columns")) {
    TRY_ASSIGN(const Field field, ColumnOf(input, column));
    const TypeKind wanted = has_from ? TypeKind::kTimestamp : TypeKind::kTimestampUtc;
    if (field.type.kind == wanted) continue;
    const std::string message =
        "`" + field.name + "` of `" + input.name + "` is " + TypeText(field.type);
    if (field.type.kind == TypeKind::kTimestampUtc) {
      return Error{ErrorCode::kUser, message + ": its moments are known",
                   "take `from` away; `to` says which zone's clocks you want"};
    }
    if (field.type.kind == TypeKind::kTimestamp) {
      return Error{ErrorCode::kUser, message + ": it does not say where the clocks stood",
                   "write `from: ZONE`"};
    }
    return Error{ErrorCode::kUser, message + "; a time zone needs a timestamp",
                 "make it one in a clean step: `cast: {" + field.name + ": timestamp[us]}`"};
  }
  return {};
}

}  // namespace

StepKind time_zone_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "time_zone",
           .summary = "makes moments of what clocks showed, and the other way round",
           .help =
               "With `from`, timestamps without a zone (`timestamp[us]`) are what clocks in that "
               "zone showed. They become moments (`timestamp[us,utc]`), or, where `to` is another "
               "zone than UTC, what clocks there showed then (`timestamp[us]`). Without `from`, "
               "the columns hold moments already. Null stays null.\n\nIn spring, clocks skip an "
               "hour and never show it; in autumn they show one twice. Rows with such times are "
               "refused, with a reason such as `at: twice in Europe/Berlin`, and readable as "
               "`NAME.refused`. `ambiguous: earlier` or `later` takes one of the two moments, "
               "`missing: shift` moves a time that was skipped on by what was skipped.\n\nZones "
               "are those of the tz database, by the rules that the engine carries: they are "
               "the same on every machine, and change with the program's version alone.",
           .version = 1,
           .params = {{.name = "input",
                       .type = ParamType::kInput,
                       .summary = "the node whose rows it reads",
                       .required = true},
                      {.name = "columns",
                       .type = ParamType::kColumns,
                       .summary = "the columns with the times",
                       .required = true},
                      {.name = "from",
                       .type = ParamType::kString,
                       .summary = "the zone of the clocks that showed them: Europe/Berlin"},
                      {.name = "to",
                       .type = ParamType::kString,
                       .summary = "UTC for moments, or the zone whose clocks are asked for",
                       .by_default = kUtc},
                      {.name = "ambiguous",
                       .type = ParamType::kChoice,
                       .summary = "what becomes of a time that was shown twice",
                       .by_default = "refuse",
                       .choices = {"refuse", "earlier", "later"}},
                      {.name = "missing",
                       .type = ParamType::kChoice,
                       .summary = "what becomes of a time that was never shown",
                       .by_default = "refuse",
                       .choices = {"refuse", "shift"}}},
           .refuses = Refuses,
           .ledger = contract::Ledger::kIfRead,
           .by_select = true,
           .check = Check,
           .example = "steps:\n  moments: {kind: time_zone, input: flights, columns: [departed], "
                      "from: America/Chicago}\n"},
      .select = Select,
      .check = CheckSchema,
      .refusals = Refusals,
      .ledger = Ledger,
      .row_for_row = true,
      .order_free = true};
}

}  // namespace assay::step
