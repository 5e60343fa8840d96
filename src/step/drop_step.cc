#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;

Result<std::string> Select(const Json& params) {
  return "SELECT * EXCLUDE (" + engine::NameList(TextsOf(params, "columns")) + ") FROM " +
         engine::QuoteName(params.at("input").get<std::string>());
}

Status CheckParams(const Json& params) {
  return CheckNamedOnce("columns", TextsOf(params, "columns"));
}

Status Check(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const std::vector<std::string> dropped = TextsOf(context.params, "columns");
  TRY(CheckColumns(input, dropped));
  if (dropped.size() < input.schema.size()) return {};
  return Error{ErrorCode::kUser, "this drops every column of `" + input.name + "`",
               "leave one at least"};
}

}  // namespace

StepKind drop_step() {
  using contract::ParamType;
  return {.info = {.name = "drop",
                   .summary = "takes columns away",
                   .help = "All other columns stay in their order, and all rows. A column that the "
                           "input does not have is an error before anything runs, and so is "
                           "dropping all of them. Rows are taken away by `filter`.",
                   .version = 1,
                   .params = {{.name = "input",
                               .type = ParamType::kInput,
                               .summary = "the node whose columns go",
                               .required = true},
                              {.name = "columns",
                               .type = ParamType::kColumns,
                               .summary = "the columns that go",
                               .required = true}},
                   .by_select = true,
                   .check = CheckParams,
                   .example = "steps:\n  slim: {kind: drop, input: flights, columns: [delay]}\n"},
          .select = Select,
          .check = Check,
          .order_free = true};
}

}  // namespace assay::step
