#include <algorithm>

#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/common_type.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;
using engine::QuoteName;

const Field* FieldOf(const StepInput& input, const std::string& name) {
  const auto found = std::find_if(input.schema.begin(), input.schema.end(),
                                  [&](const Field& each) { return HasName({each.name}, name); });
  return found == input.schema.end() ? nullptr : &*found;
}

std::vector<StepInput> InputsInOrder(const StepContext& context) {
  std::vector<StepInput> inputs;
  for (const std::string& name : TextsOf(context.params, "inputs")) {
    for (const StepInput& input : context.inputs) {
      if (input.name == name) inputs.push_back(input);
    }
  }
  return inputs;
}

// Takes a column of one more input in, or says why its type does not go with those before.
Status Widen(const std::vector<StepInput>& before, const StepInput& input, const Field& field,
             Field& known) {
  const std::optional<Type> common = CommonType(known.type, field.type);
  if (common) {
    known.type = *common;
    return {};
  }
  std::string where;
  for (const StepInput& each : before) {
    if (FieldOf(each, known.name) != nullptr) where = where.empty() ? each.name : where;
  }
  return Error{ErrorCode::kUser,
               "`" + known.name + "` is " + TypeText(known.type) + " in `" + where + "` and " +
                   TypeText(field.type) + " in `" + input.name +
                   "`: no type holds both without a loss",
               "bring one of them to the type of the other first"};
}

// All columns, those of the first input first, of types that hold what every input has.
Result<Schema> ColumnsOf(const std::vector<StepInput>& inputs) {
  Schema columns;
  std::vector<StepInput> before;
  for (const StepInput& input : inputs) {
    for (const Field& field : input.schema) {
      const auto known = std::find_if(columns.begin(), columns.end(), [&](const Field& each) {
        return HasName({each.name}, field.name);
      });
      if (known == columns.end()) {
        columns.push_back(field);
      } else {
        TRY(Widen(before, input, field, *known));
      }
    }
    before.push_back(input);
  }
  return columns;
}

Status CheckAllThere(const std::vector<StepInput>& inputs, const Schema& columns) {
  for (const StepInput& input : inputs) {
    std::vector<std::string> missing;
    for (const Field& column : columns) {
      if (FieldOf(input, column.name) == nullptr) missing.push_back(column.name);
    }
    if (missing.empty()) continue;
    return Error{ErrorCode::kUser,
                 "`" + input.name + "` does not have what another input has: " + Listed(missing),
                 "write `missing: nulls` to fill them with null, or drop them from the others"};
  }
  return {};
}

std::string ValueOf(const StepInput& input, const Field& column) {
  const Field* field = FieldOf(input, column.name);
  const std::string type = engine::TypeSql(column.type);
  if (field == nullptr) return "NULL::" + type + " AS " + QuoteName(column.name);
  if (field->type == column.type) return QuoteName(field->name) + " AS " + QuoteName(column.name);
  return "CAST(" + QuoteName(field->name) + " AS " + type + ") AS " + QuoteName(column.name);
}

Result<std::string> ToSql(const StepContext& context) {
  const std::vector<StepInput> inputs = InputsInOrder(context);
  TRY_ASSIGN(const Schema columns, ColumnsOf(inputs));
  if (context.params.value("missing", "error") == "error") TRY(CheckAllThere(inputs, columns));
  const std::string source = context.params.value("source_column", "");
  if (HasName(FieldNames(columns), source)) {
    return Error{ErrorCode::kUser, "an input has a column already: " + source,
                 "give `source_column` another name"};
  }
  std::string sql;
  for (const StepInput& input : inputs) {
    sql += sql.empty() ? "SELECT " : " UNION ALL SELECT ";
    std::string values;
    for (const Field& column : columns) {
      values += (values.empty() ? "" : ", ") + ValueOf(input, column);
    }
    if (!source.empty()) {
      values += ", " + engine::QuoteText(input.name) + " AS " + QuoteName(source);
    }
    sql += values + " FROM " + QuoteName(input.name);
  }
  return sql;
}

Status CheckParams(const Json& params) {
  const std::vector<std::string> inputs = TextsOf(params, "inputs");
  if (inputs.size() < 2) {
    return Error{ErrorCode::kUser, "a union needs two inputs at least", "write `inputs: [a, b]`"};
  }
  for (const std::string& input : inputs) {
    if (std::count(inputs.begin(), inputs.end(), input) == 1) continue;
    return Error{ErrorCode::kUser, "`inputs` names a node twice: " + input,
                 "each of its rows would come out twice"};
  }
  if (params.contains("source_column")) TRY(CheckNewName(params.value("source_column", "")));
  return {};
}

}  // namespace

StepKind union_step() {
  using contract::ParamType;
  return {
      .info = {.name = "union",
               .summary = "puts the rows of several nodes below each other, columns by name",
               .help = "Columns belong together by their names, whatever their order; the first "
                       "input decides the order. A column that one of the inputs does not have is "
                       "an error that names it, unless `missing: nulls` fills it with null. Types "
                       "that differ become the smallest type that holds every value of both "
                       "(int32 and int64: int64; int32 and float64: float64; date and timestamp: "
                       "timestamp); where there is none, as for text and numbers or int64 and "
                       "float64, it is an error that names both. No row is taken out, not even one "
                       "that comes twice: `dedup` does that.",
               .version = 1,
               .params = {{.name = "inputs",
                           .type = ParamType::kInputs,
                           .summary = "the nodes whose rows come out",
                           .required = true},
                          {.name = "source_column",
                           .type = ParamType::kColumn,
                           .summary = "a new last column with the name of the input that a row is "
                                      "of"},
                          {.name = "missing",
                           .type = ParamType::kChoice,
                           .summary = "what happens where an input lacks a column",
                           .by_default = "error",
                           .choices = {"error", "nulls"}}},
               .check = CheckParams,
               .example = "steps:\n  all_flights: {kind: union, inputs: [flights, more_flights], "
                          "source_column: file}\n"},
      .to_sql = ToSql,
      .order_free = true};
}

}  // namespace assay::step
