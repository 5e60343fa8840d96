#include "engine/sql_text.h"
#include "step/step.h"
#include "step/unit.h"

namespace assay::step {
namespace {

using engine::QuoteName;
using engine::QuoteText;

std::string Double(std::int64_t number) { return "CAST(" + std::to_string(number) + " AS DOUBLE)"; }

// The product and the sum of whole numbers below 2^53 are exact: what is rounded is one division.
std::string Converted(const std::string& value, const Conversion& by) {
  std::string sql = "CAST(" + value + " AS DOUBLE)";
  if (by.factor != 1) sql = sql + " * " + Double(by.factor);
  if (by.shift != 0) sql = sql + " + " + Double(by.shift);
  if (by.divisor == 1) return sql;
  return (by.factor != 1 || by.shift != 0 ? "(" + sql + ")" : sql) + " / " + Double(by.divisor);
}

std::string ColumnName(const Json& params) { return params.at("column").get<std::string>(); }

Result<Unit> ToUnit(const Json& params) { return UnitNamed(params.at("to").get<std::string>()); }

// By the unit of each row; null where that is unknown.
Result<std::string> ConvertedByRow(const Json& params) {
  TRY_ASSIGN(const Unit to, ToUnit(params));
  std::string sql = "CASE " + QuoteName(params.at("unit_column").get<std::string>());
  for (const Unit& from : UnitsOf(to.dimension)) {
    TRY_ASSIGN(const Conversion by, ConversionOf(from, to));
    sql +=
        " WHEN " + QuoteText(from.name) + " THEN " + Converted(QuoteName(ColumnName(params)), by);
  }
  return sql + " END";
}

Result<std::string> ConvertedFrom(const Json& params) {
  TRY_ASSIGN(const Unit from, UnitNamed(params.at("from").get<std::string>()));
  TRY_ASSIGN(const Unit to, ToUnit(params));
  TRY_ASSIGN(const Conversion by, ConversionOf(from, to));
  return Converted(QuoteName(ColumnName(params)), by);
}

// Rows whose value has a unit that is known, or no value.
Result<std::string> HasUnit(const Json& params) {
  TRY_ASSIGN(const Unit to, ToUnit(params));
  std::string names;
  for (const Unit& unit : UnitsOf(to.dimension)) {
    names += (names.empty() ? "" : ", ") + QuoteText(unit.name);
  }
  return "(" + QuoteName(ColumnName(params)) + " IS NULL OR coalesce(" +
         QuoteName(params.at("unit_column").get<std::string>()) + " IN (" + names + "), false))";
}

Result<std::string> Select(const Json& params) {
  const bool by_row = params.contains("unit_column");
  TRY_ASSIGN(const std::string converted, by_row ? ConvertedByRow(params) : ConvertedFrom(params));
  std::string sql = "SELECT *";
  if (params.contains("into")) {
    sql += ", " + converted + " AS " + QuoteName(params["into"].get<std::string>());
  } else {
    sql += " REPLACE (" + converted + " AS " + QuoteName(ColumnName(params));
    if (by_row) {
      sql += ", " + QuoteText(params.at("to").get<std::string>()) + " AS " +
             QuoteName(params["unit_column"].get<std::string>());
    }
    sql += ")";
  }
  sql += " FROM " + QuoteName(params.at("input").get<std::string>());
  if (!by_row) return sql;
  TRY_ASSIGN(const std::string has_unit, HasUnit(params));
  return sql + " WHERE " + has_unit;
}

Result<std::string> Refusals(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const Json& params = context.params;
  TRY_ASSIGN(const std::string has_unit, HasUnit(params));
  TRY_ASSIGN(const Unit to, ToUnit(params));
  const std::string unit_column = params.at("unit_column").get<std::string>();
  return "SELECT " + engine::NameList(FieldNames(input.schema)) +
         ", file_index, file_row_number, coalesce(" +
         QuoteText(unit_column + ": no unit of " + std::string(to.dimension) + ": '") + " || " +
         QuoteName(unit_column) + " || '''', " + QuoteText(unit_column + ": no unit") +
         ") AS reason FROM " + input.table + " WHERE NOT " + has_unit;
}

Result<std::string> Ledger(const StepContext& context) {
  const Json& params = context.params;
  TRY_ASSIGN(const Unit to, ToUnit(params));
  const std::string column = ColumnName(params);
  const std::string value = QuoteName(column);
  const std::string from = " FROM " + InputOf(context).table + " WHERE " + value + " IS NOT NULL";
  const std::string beginning = "SELECT " + QuoteText(column) + " AS \"column\", ";
  const std::string unit = QuoteText(to.name);
  if (!params.contains("unit_column")) {
    return beginning + "'converted' AS change, " + QuoteText(params.at("from").get<std::string>()) +
           " AS spelling, " + unit + " AS became, count(*) AS cells, count(*) AS \"of\"" + from +
           " HAVING count(*) > 0";
  }
  TRY_ASSIGN(const std::string has_unit, HasUnit(params));
  return beginning + "CASE WHEN NOT has_unit THEN 'unknown' WHEN spelling = " + unit +
         " THEN 'none' ELSE 'converted' END AS change, spelling, CASE WHEN has_unit THEN " + unit +
         " END AS became, cells, sum(cells) OVER () AS \"of\" FROM (SELECT " +
         QuoteName(params["unit_column"].get<std::string>()) + " AS spelling, " + has_unit +
         " AS has_unit, count(*) AS cells" + from + " GROUP BY ALL)";
}

bool Refuses(const Json& params) { return params.contains("unit_column"); }

Status Check(const Json& params) {
  if (params.contains("from") == params.contains("unit_column")) {
    return Error{ErrorCode::kUser, "a units step needs either `from` or `unit_column`",
                 "write the unit of all values as `from: ft`, or the column that has it"};
  }
  TRY(ToUnit(params).While("to"));
  if (!params.contains("from")) return {};
  TRY(UnitNamed(params["from"].get<std::string>()).While("from"));
  TRY(ConvertedFrom(params));
  return {};
}

Status CheckIsNew(const StepInput& input, const std::string& column) {
  if (!ColumnOf(input, column).ok()) return {};
  return Error{ErrorCode::kUser, "`" + input.name + "` has a column already: " + column,
               "give the new one another name, or leave `into` out to replace the old one"};
}

Status CheckSchema(const StepContext& context) {
  const StepInput& input = InputOf(context);
  TRY_ASSIGN(const Field field, ColumnOf(input, ColumnName(context.params)));
  if (!IsNumber(field.type)) {
    return Error{ErrorCode::kUser,
                 "`" + field.name + "` of `" + input.name + "` is " + TypeText(field.type) +
                     "; a unit needs a number",
                 "make it one in a clean step: `cast: {" + field.name + ": float64}`"};
  }
  if (context.params.contains("into")) {
    TRY(CheckIsNew(input, context.params["into"].get<std::string>()));
  }
  if (!context.params.contains("unit_column")) return {};
  TRY_ASSIGN(const Field unit, ColumnOf(input, context.params["unit_column"].get<std::string>()));
  if (unit.type.kind == TypeKind::kString) return {};
  return Error{ErrorCode::kUser,
               "`" + unit.name + "` of `" + input.name + "` is " + TypeText(unit.type) +
                   "; the names of units are text",
               "name the column that has them"};
}

// The units, by what they measure, for the reference.
std::string UnitLists() {
  std::string text;
  for (const char* dimension : {"length", "mass", "time", "temperature", "speed", "data", "area",
                                "volume", "pressure", "energy"}) {
    text += std::string("\n- ") + dimension + ":";
    std::string separator = " ";
    for (const Unit& unit : UnitsOf(dimension)) {
      text += separator + "`" + std::string(unit.name) + "`";
      separator = ", ";
    }
  }
  return text;
}

}  // namespace

StepKind units_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "units",
           .summary = "brings numbers from one unit of measure to another",
           .help =
               "The answer is a float64. Units are exact by their definitions: a value is "
               "multiplied and divided by whole numbers, so that what comes out of a whole number "
               "is rounded once. Null stays null.\n\nWith `unit_column` each row names the unit "
               "of its value. A row with a value whose unit is not named, unknown or measures "
               "something else is refused; such rows are readable as `NAME.refused`. Where the "
               "value is replaced, the unit is as well. `NAME.ledger`, which is counted where a "
               "node reads it, tells in how many cells which unit (`spelling`) became the other: "
               "`change` is `converted`, `none` or `unknown`.\n\nUnits, case looked at:\n" +
               UnitLists(),
           .version = 1,
           .params = {{.name = "input",
                       .type = ParamType::kInput,
                       .summary = "the node whose rows it reads",
                       .required = true},
                      {.name = "column",
                       .type = ParamType::kColumn,
                       .summary = "the column with the numbers",
                       .required = true},
                      {.name = "from",
                       .type = ParamType::kString,
                       .summary = "the unit of all its values"},
                      {.name = "unit_column",
                       .type = ParamType::kColumn,
                       .summary = "the column that names the unit of each value"},
                      {.name = "to",
                       .type = ParamType::kString,
                       .summary = "the unit of the answer",
                       .required = true},
                      {.name = "into",
                       .type = ParamType::kColumn,
                       .summary = "a new column for it (default: it replaces the old value)"}},
           .refuses = Refuses,
           .ledger = contract::Ledger::kIfRead,
           .by_select = true,
           .check = Check,
           .example = "steps:\n  metric: {kind: units, input: flights, column: distance, from: mi, "
                      "to: km}\n"},
      .select = Select,
      .check = CheckSchema,
      .refusals = Refusals,
      .ledger = Ledger,
      .row_for_row = true,
      .order_free = true};
}

}  // namespace assay::step
