#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  if (field->type.kind != TypeKind::kString) {
    return Error{ErrorCode::kUser,
                 "a pattern is for text; `" + field->name + "` is " + TypeText(field->type),
                 "cast it in a sql step before"};
  }
  const std::string regex = context.params.at("regex").get<std::string>();
  CompiledCheck check;
  check.column = field->name;
  check.expected = "like " + regex;
  check.sql = "NOT regexp_full_match(" + engine::QuoteName(field->name) + ", " +
              engine::QuoteText(regex) + ")";
  return check;
}

}  // namespace

CheckKind pattern_check() {
  using contract::ParamType;
  return {.info = {.name = "pattern",
                   .summary = "the whole text matches a regular expression",
                   .help = "RE2 syntax; the expression must match from the first to the last "
                           "character. Null is not looked at.",
                   .params = {{.name = "column",
                               .type = ParamType::kColumn,
                               .summary = "the column",
                               .required = true},
                              {.name = "regex",
                               .type = ParamType::kString,
                               .summary = "the regular expression",
                               .required = true}},
                   .subject = "column",
                   .axis = contract::kIntegrity,
                   .over_parts = contract::OverParts::kCounts,
                   .example = "- {pattern: origin, regex: \"[A-Z0-9]{3}\"}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
