#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  const std::string name = engine::QuoteName(field->name);
  CompiledCheck check;
  check.column = field->name;
  check.expected = "not null";
  check.sql = name + " IS NULL";
  for (const Json& word : context.params.value("also", Json::array())) {
    TRY_ASSIGN(const std::string literal, Literal(word, field->type));
    check.sql += " OR " + name + " = " + literal;
    check.expected += " nor '" + word.get<std::string>() + "'";
  }
  return check;
}

}  // namespace

CheckKind not_null_check() {
  using contract::ParamType;
  return {.info = {.name = "not_null",
                   .summary = "a column has a value in every row",
                   .help = "A row is bad when the column is null, or one of the words in `also`.",
                   .params = {{.name = "column",
                               .type = ParamType::kColumn,
                               .summary = "the column",
                               .required = true},
                              {.name = "also",
                               .type = ParamType::kScalars,
                               .summary = "values that count as missing"}},
                   .subject = "column",
                   .axis = contract::kIntegrity,
                   .over_parts = contract::OverParts::kCounts,
                   .example = "- {not_null: origin}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
