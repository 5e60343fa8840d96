#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  CompiledCheck check;
  check.column = field->name;
  check.expected = "one of";
  std::string values;
  for (const Json& value : context.params.at("values")) {
    TRY_ASSIGN(const std::string literal, Literal(value, field->type));
    values += (values.empty() ? "" : ", ") + literal;
    check.expected += " " + value.get<std::string>();
  }
  if (values.empty()) return Error{ErrorCode::kUser, "an accepted check needs values", ""};
  check.sql = engine::QuoteName(field->name) + " NOT IN (" + values + ")";
  return check;
}

}  // namespace

CheckKind accepted_check() {
  using contract::ParamType;
  return {.info = {.name = "accepted",
                   .summary = "every value is one of a list",
                   .help = "Null is not looked at; add `not_null` where it must not be.",
                   .params = {{.name = "column",
                               .type = ParamType::kColumn,
                               .summary = "the column",
                               .required = true},
                              {.name = "values",
                               .type = ParamType::kScalars,
                               .summary = "the values",
                               .required = true}},
                   .subject = "column",
                   .axis = contract::kIntegrity,
                   .over_parts = contract::OverParts::kCounts,
                   .example = "- {accepted: status, values: [open, closed]}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
