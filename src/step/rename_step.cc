#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::PairsOf;
using engine::QuoteName;

Result<std::string> Select(const Json& params) {
  std::string renamed;
  for (const auto& [old_name, new_name] : PairsOf(params, "columns")) {
    renamed += (renamed.empty() ? "" : ", ") + QuoteName(old_name) + " AS " + QuoteName(new_name);
  }
  return "SELECT * RENAME (" + renamed + ") FROM " +
         QuoteName(params.at("input").get<std::string>());
}

Status CheckParams(const Json& params) {
  std::vector<std::string> old_names;
  std::vector<std::string> new_names;
  for (const auto& [old_name, new_name] : PairsOf(params, "columns")) {
    old_names.push_back(old_name);
    new_names.push_back(new_name);
  }
  if (old_names.empty()) {
    return Error{ErrorCode::kUser, "a rename step names no column", "write `columns: {OLD: NEW}`"};
  }
  TRY(CheckNamedOnce("columns", old_names));
  for (const std::string& name : new_names) TRY(CheckNewName(name));
  std::vector<std::string> seen;
  for (const std::string& name : new_names) {
    if (HasName(seen, name)) {
      return Error{ErrorCode::kUser, "two columns would have one name: " + name,
                   "give one of them another"};
    }
    seen.push_back(name);
  }
  return {};
}

Status Check(const StepContext& context) {
  const StepInput& input = InputOf(context);
  std::vector<std::string> old_names;
  for (const auto& [old_name, new_name] : PairsOf(context.params, "columns")) {
    TRY(ColumnOf(input, old_name));
    old_names.push_back(old_name);
  }
  for (const auto& [old_name, new_name] : PairsOf(context.params, "columns")) {
    if (!HasName(FieldNames(input.schema), new_name) || HasName(old_names, new_name)) continue;
    return Error{ErrorCode::kUser, "`" + input.name + "` has a column already: " + new_name,
                 "give " + old_name + " another name, or rename that one too"};
  }
  return {};
}

}  // namespace

StepKind rename_step() {
  using contract::ParamType;
  return {.info = {.name = "rename",
                   .summary = "gives columns other names",
                   .help = "Columns that are not named keep their names; order, values and rows "
                           "stay. All names change at once, so two columns can change theirs. A "
                           "name that another column has is an error before anything runs.",
                   .version = 1,
                   .params = {{.name = "input",
                               .type = ParamType::kInput,
                               .summary = "the node whose columns get other names",
                               .required = true},
                              {.name = "columns",
                               .type = ParamType::kMapping,
                               .summary = "as {OLD: NEW}",
                               .required = true}},
                   .by_select = true,
                   .check = CheckParams,
                   .example = "steps:\n  named: {kind: rename, input: flights, columns: {delay: "
                              "delay_minutes}}\n"},
          .select = Select,
          .check = Check,
          .order_free = true};
}

}  // namespace assay::step
