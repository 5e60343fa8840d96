#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

Status CheckBorders(const Json& params) {
  for (const Json& border : params.at("between")) {
    const std::string text = border.get<std::string>();
    if (text.empty() || text.ends_with('%') || contract::CompareNumbers(text, "1") <= 0) continue;
    return Error{ErrorCode::kUser, "a share is at most 1, or 100 %: " + text,
                 "write " + text + " % if a percentage is meant"};
  }
  return {};
}

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
                   .axis = contract::kClassBalance,
                   .over_parts = contract::OverParts::kNumber,
                   .check = CheckBorders,
                   .example = "- {share: late, of: true, between: [10 %, 30 %]}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
