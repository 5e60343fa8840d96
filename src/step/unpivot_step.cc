#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/common_type.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;
using engine::QuoteName;

struct Melted {
  std::vector<std::string> kept;
  Schema turned;
};

// Which columns stay and which become rows, in the order declared.
Result<Melted> MeltedOf(const StepContext& context, const StepInput& input) {
  const bool names_turned = context.params.contains("columns");
  const auto named = TextsOf(context.params, names_turned ? "columns" : "keep");
  Melted melted;
  for (const std::string& name : named) {
    TRY_ASSIGN(const Field field, ColumnOf(input, name));
    if (names_turned) {
      melted.turned.push_back(field);
    } else {
      melted.kept.push_back(field.name);
    }
  }
  for (const Field& field : input.schema) {
    if (HasName(named, field.name)) continue;
    if (names_turned) {
      melted.kept.push_back(field.name);
    } else {
      melted.turned.push_back(field);
    }
  }
  if (!melted.turned.empty()) return melted;
  return Error{ErrorCode::kUser, "no column of `" + input.name + "` is left to become rows",
               "name fewer in `keep`"};
}

Result<Type> TypeOfAll(const Schema& turned, const StepInput& input) {
  Type type = turned[0].type;
  for (const Field& field : turned) {
    const std::optional<Type> common = CommonType(type, field.type);
    if (!common) {
      return Error{ErrorCode::kUser,
                   "`" + field.name + "` of `" + input.name + "` is " + TypeText(field.type) +
                       ", the columns before it are " + TypeText(type) +
                       ": no type holds both without a loss",
                   "name columns of one type, or bring them to one first"};
    }
    type = *common;
  }
  return type;
}

Result<std::string> ToSql(const StepContext& context) {
  const StepInput& input = InputOf(context);
  TRY_ASSIGN(const Melted melted, MeltedOf(context, input));
  TRY_ASSIGN(const Type type, TypeOfAll(melted.turned, input));
  const std::string name = context.params.value("name", "name");
  const std::string value = context.params.value("value", "value");
  for (const std::string& made : {name, value}) {
    if (!HasName(melted.kept, made)) continue;
    return Error{ErrorCode::kUser, "`" + input.name + "` has a column already: " + made,
                 "choose another with `name` or `value`"};
  }
  std::string values;
  for (const Field& field : melted.turned) {
    values += (values.empty() ? "" : ", ") + QuoteName(field.name);
    if (!(field.type == type)) values += "::" + engine::TypeSql(type);
  }
  const std::string kept = engine::NameList(melted.kept);
  const std::string rows = "SELECT " + kept + (kept.empty() ? "" : ", ") + "unnest(" +
                           engine::TextList(FieldNames(melted.turned)) + ") AS " + QuoteName(name) +
                           ", unnest([" + values + "]) AS " + QuoteName(value) + " FROM " +
                           QuoteName(input.name);
  if (!context.params.value("drop_nulls", false)) return rows;
  return "SELECT * FROM (" + rows + ") WHERE " + QuoteName(value) + " IS NOT NULL";
}

Status CheckParams(const Json& params) {
  if (params.contains("columns") == params.contains("keep")) {
    return Error{ErrorCode::kUser, "an unpivot step needs either `columns` or `keep`",
                 "`columns` names those that become rows, `keep` those that do not"};
  }
  for (const char* param : {"columns", "keep"}) {
    TRY(CheckNamedOnce(param, TextsOf(params, param)));
  }
  const std::string name = params.value("name", "name");
  const std::string value = params.value("value", "value");
  TRY(CheckNewName(name));
  TRY(CheckNewName(value));
  if (!HasName({name}, value)) return {};
  return Error{ErrorCode::kUser, "`name` and `value` are one column: " + value,
               "give one of them another name"};
}

}  // namespace

StepKind unpivot_step() {
  using contract::ParamType;
  return {
      .info = {.name = "unpivot",
               .summary = "makes rows of columns",
               .help = "Each row becomes as many as there are columns to turn: one with the name "
                       "of the column and its value, beside the columns that stay. The columns are "
                       "of one type, or of types that one type holds without a loss (int32 and "
                       "int64: int64); text beside numbers is an error before anything runs. A "
                       "null is a row as well, unless `drop_nulls: true`.",
               .version = 1,
               .params = {{.name = "input",
                           .type = ParamType::kInput,
                           .summary = "the node whose columns become rows",
                           .required = true},
                          {.name = "columns",
                           .type = ParamType::kColumns,
                           .summary = "the columns that become rows; all others stay"},
                          {.name = "keep",
                           .type = ParamType::kColumns,
                           .summary = "instead: the columns that stay; all others become rows"},
                          {.name = "name",
                           .type = ParamType::kColumn,
                           .summary = "the new column that has the names",
                           .by_default = "name"},
                          {.name = "value",
                           .type = ParamType::kColumn,
                           .summary = "the new column that has the values",
                           .by_default = "value"},
                          {.name = "drop_nulls",
                           .type = ParamType::kBool,
                           .summary = "true: no rows for nulls (default false)"}},
               .over_parts = contract::OverParts::kLocal,
               .check = CheckParams,
               .example = "steps:\n  long: {kind: unpivot, input: sales, keep: [store], name: "
                          "quarter, value: amount}\n"},
      .to_sql = ToSql,
      .order_free = true};
}

}  // namespace assay::step
