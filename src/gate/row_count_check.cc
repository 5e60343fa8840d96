#include "gate/check.h"

namespace assay::gate {
namespace {

Result<CompiledCheck> Compile(const CheckContext& context) {
  CompiledCheck check;
  check.form = CheckForm::kAggregate;
  check.sql = "count(*)";
  check.bound = BetweenBound(context.params);
  return check;
}

}  // namespace

CheckKind row_count_check() {
  using contract::ParamType;
  return {.info = {.name = "row_count",
                   .summary = "the number of rows lies between borders",
                   .help = "Counts the rows that the gate's row checks let through. Either border "
                           "may be null.",
                   .params = {{.name = "between",
                               .type = ParamType::kRange,
                               .summary = "smallest and largest number of rows",
                               .required = true}},
                   .subject = "between",
                   .axis = contract::kIntegrity,
                   .over_parts = contract::OverParts::kNumber,
                   .check = CheckPlainBorders,
                   .example = "- {row_count: [1000, null]}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
