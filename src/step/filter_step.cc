#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

// The line feed ends a comment at the end of what a person wrote.
Result<std::string> Select(const Json& params) {
  return "SELECT * FROM " + engine::QuoteName(params.at("input").get<std::string>()) + " WHERE (" +
         params.at("where").get<std::string>() + "\n)";
}

}  // namespace

StepKind filter_step() {
  using contract::ParamType;
  return {.info = {.name = "filter",
                   .summary = "keeps the rows for which an expression is true",
                   .help = "Rows for which it is false or null go. They are not refused: nothing "
                           "keeps them. What must not be lost without a word belongs into a gate.",
                   .version = 1,
                   .params = {{.name = "input",
                               .type = ParamType::kInput,
                               .summary = "the node whose rows are looked at",
                               .required = true},
                              {.name = "where",
                               .type = ParamType::kExpression,
                               .summary = "an SQL expression over its columns",
                               .required = true}},
                   .by_select = true,
                   .example = "steps:\n  long: {kind: filter, input: flights, where: \"distance > "
                              "1000\"}\n"},
          .select = Select};
}

}  // namespace assay::step
