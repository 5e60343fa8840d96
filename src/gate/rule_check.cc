#include "gate/check.h"

namespace assay::gate {
namespace {

Result<CompiledCheck> Compile(const CheckContext& context) {
  const std::string predicate = context.params.at("predicate").get<std::string>();
  CompiledCheck check;
  check.expected = predicate;
  check.user_sql = predicate;
  check.sql = "NOT (" + predicate + "\n)";
  return check;
}

}  // namespace

CheckKind rule_check() {
  using contract::ParamType;
  return {.info = {.name = "rule",
                   .summary = "a predicate in SQL holds for every row",
                   .help = "The predicate says what a good row looks like and sees one row. A row "
                           "is bad when it is false; null is not false, so a row is never both "
                           "kept and refused.",
                   .params = {{.name = "predicate",
                               .type = ParamType::kText,
                               .summary = "SQL over the columns of one row",
                               .required = true}},
                   .subject = "predicate",
                   .axis = contract::kIntegrity,
                   .over_parts = contract::OverParts::kCounts,
                   .example = "- {rule: \"distance > 0\", name: distance_is_positive}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
