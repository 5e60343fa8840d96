#include "gate/check.h"

namespace assay::gate {
namespace {

Result<CompiledCheck> Compile(const CheckContext& context) {
  const std::string expression = context.params.at("expression").get<std::string>();
  CompiledCheck check;
  check.form = CheckForm::kAggregate;
  check.user_sql = expression;
  check.sql = "(" + expression + "\n)";
  check.expected = expression;
  check.bound = BetweenBound(context.params);
  return check;
}

}  // namespace

CheckKind aggregate_check() {
  using contract::ParamType;
  return {
      .info = {.name = "aggregate",
               .summary = "an aggregate in SQL lies between borders",
               .help = "The expression is computed over the rows that the gate's row checks let "
                       "through. Either border may be null.",
               .params = {{.name = "expression",
                           .type = ParamType::kText,
                           .summary = "SQL aggregate, `avg(distance)`",
                           .required = true},
                          {.name = "between",
                           .type = ParamType::kRange,
                           .summary = "smallest and largest value",
                           .required = true}},
               .subject = "expression",
               .axis = contract::kIntegrity,
               .check = CheckPlainBorders,
               .example = "- {aggregate: avg(distance), between: [500, 1000]}\n"},
      .compile = Compile};
}

}  // namespace assay::gate
