#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

using engine::NameList;
using engine::QuoteName;

// Repeats are looked for among rows whose hash repeats, which are few: a table of hashes is much
// smaller than one of rows. What is compared in the end are the values themselves.
std::string Repeats(const StepInput& input, const std::vector<std::string>& key,
                    const std::string& order) {
  const std::string columns = NameList(FieldNames(input.schema));
  const std::string hash = "hash(" + NameList(key) + ")";
  return "SELECT " + columns + ", file_index, file_row_number FROM (SELECT " + columns +
         ", file_index, file_row_number FROM " + input.table + " WHERE " + hash +
         " IN (SELECT _assay_hash FROM (SELECT " + hash + " AS _assay_hash FROM " + input.table +
         ") GROUP BY _assay_hash HAVING count(*) > 1)) QUALIFY row_number() OVER (PARTITION BY " +
         NameList(key) + " ORDER BY " + order + "file_index, file_row_number) > 1";
}

// All rows of a key but the first by `order_by`, ties by all columns, so that no order of input
// matters.
std::string RepeatsOfKey(const StepInput& input, const Json& params) {
  std::vector<std::string> key;
  for (const Json& column : params["key"]) key.push_back(column.get<std::string>());
  const bool last = params.value("keep", "first") == "last";
  std::string order;
  for (const Json& column : params["order_by"]) {
    order += QuoteName(column.get<std::string>()) + (last ? " DESC NULLS LAST, " : " NULLS LAST, ");
  }
  for (const Field& field : input.schema) order += QuoteName(field.name) + " NULLS LAST, ";
  return Repeats(input, key, order);
}

Status Check(const Json& params) {
  const bool whole = params.contains("rows");
  if (whole == params.contains("key")) {
    return Error{ErrorCode::kUser, "a dedup step needs either `rows: whole` or `key: [...]`",
                 "rows: whole removes wholly equal rows; a key keeps one row for each key"};
  }
  if (!whole && !params.contains("order_by")) {
    return Error{ErrorCode::kUser, "a dedup step with a key needs `order_by`",
                 "say which of the rows with an equal key is kept, as `order_by: [updated_at]`"};
  }
  if (whole && params.contains("order_by")) {
    return Error{ErrorCode::kUser, "`order_by` says nothing where whole rows are compared",
                 "take it away, or name a `key`"};
  }
  return {};
}

Result<std::string> Dropped(const StepContext& context) {
  const StepInput& input = context.inputs.at(0);
  if (context.params.contains("rows")) return Repeats(input, FieldNames(input.schema), "");
  TRY(CheckColumns(input, contract::TextsOf(context.params, "key")));
  TRY(CheckColumns(input, contract::TextsOf(context.params, "order_by")));
  return RepeatsOfKey(input, context.params);
}

}  // namespace

StepKind dedup_step() {
  using contract::ParamType;
  return {
      .info = {.name = "dedup",
               .summary = "takes repeated rows out",
               .help = "`rows: whole` keeps one of each group of wholly equal rows. With `key`, "
                       "one row per key stays: the first or last by `order_by`, ties decided by "
                       "all columns. Null equals null here.",
               .version = 1,
               .params = {{.name = "input",
                           .type = ParamType::kInput,
                           .summary = "the node whose rows are looked at",
                           .required = true},
                          {.name = "rows",
                           .type = ParamType::kChoice,
                           .summary = "compare whole rows",
                           .choices = {"whole"}},
                          {.name = "key",
                           .type = ParamType::kColumns,
                           .summary = "columns that make rows repeats of each other"},
                          {.name = "order_by",
                           .type = ParamType::kColumns,
                           .summary = "columns that decide which of them stays"},
                          {.name = "keep",
                           .type = ParamType::kChoice,
                           .summary = "which one stays",
                           .by_default = "first",
                           .choices = {"first", "last"}}},
               .over_parts = contract::OverParts::kRows,
               .together = "key",
               .check = Check,
               .example = "steps:\n  unique: {kind: dedup, input: flights, rows: whole}\n"},
      .dropped = Dropped};
}

}  // namespace assay::step
