#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  const Json& of = context.params.at("of");
  CompiledCheck check;
  check.form = CheckForm::kShare;
  check.column = field->name;
  TRY_ASSIGN(const std::string literal, Literal(of, field->type));
  check.sql = engine::QuoteName(field->name) + " = " + literal;
  check.bound = BetweenBound(context.params);
  check.expected = "share of " + of.get<std::string>();
  return check;
}

}  // namespace

CheckKind share_check() {
  using contract::ParamType;
  return {.info = {.name = "share",
                   .summary = "the share of rows with one value lies between borders",
                   .help = "The share is taken over the rows that the gate's row checks let "
                           "through, nulls among them. Borders are percentages or fractions; "
                           "either may be null.",
                   .params = {{.name = "column",
                               .type = ParamType::kColumn,
                               .summary = "the column",
                               .required = true},
                              {.name = "of",
                               .type = ParamType::kScalar,
                               .summary = "the value",
                               .required = true},
                              {.name = "between",
                               .type = ParamType::kRange,
                               .summary = "smallest and largest share",
                               .required = true}},
                   .subject = "column",
                   .example = "- {share: late, of: true, between: [10 %, 30 %]}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
