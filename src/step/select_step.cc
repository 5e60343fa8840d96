#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;

Result<std::string> Select(const Json& params) {
  return "SELECT " + engine::NameList(TextsOf(params, "columns")) + " FROM " +
         engine::QuoteName(params.at("input").get<std::string>());
}

Status CheckParams(const Json& params) {
  return CheckNamedOnce("columns", TextsOf(params, "columns"));
}

Status Check(const StepContext& context) {
  return CheckColumns(InputOf(context), TextsOf(context.params, "columns"));
}

}  // namespace

StepKind select_step() {
  using contract::ParamType;
  return {.info = {.name = "select",
                   .summary = "keeps the named columns, in this order",
                   .help = "All other columns go; all rows stay, nulls as they are. A column that "
                           "the input does not have is an error before anything runs. `drop` names "
                           "those that go instead, `rename` gives other names, `derive` computes.",
                   .version = 1,
                   .params = {{.name = "input",
                               .type = ParamType::kInput,
                               .summary = "the node whose columns are taken",
                               .required = true},
                              {.name = "columns",
                               .type = ParamType::kColumns,
                               .summary = "the columns that stay",
                               .required = true}},
                   .by_select = true,
                   .check = CheckParams,
                   .example = "steps:\n  features: {kind: select, input: flights, columns: "
                              "[distance, delay]}\n"},
          .select = Select,
          .check = Check,
          .order_free = true};
}

}  // namespace assay::step
