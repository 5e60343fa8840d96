#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

// The engine makes a join of a list that is longer than a few values. With hundreds of checks those
// of a wide table took all memory, so short lists stand side by side; a very long one is better
// joined.
constexpr std::size_t kFewValues = 4;
constexpr std::size_t kManyValues = 200;

std::string IsNoneOf(const std::string& column, const std::vector<std::string>& values) {
  const std::size_t together = values.size() > kManyValues ? values.size() : kFewValues;
  std::string sql;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % together == 0) sql += (i == 0 ? "" : ") AND ") + column + " NOT IN (" + values[i];
    if (i % together != 0) sql += ", " + values[i];
  }
  return sql + ")";
}

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  CompiledCheck check;
  check.column = field->name;
  check.expected = "one of";
  std::vector<std::string> values;
  for (const Json& value : context.params.at("values")) {
    TRY_ASSIGN(const std::string literal, Literal(value, field->type));
    values.push_back(literal);
    check.expected += " " + value.get<std::string>();
  }
  if (values.empty()) return Error{ErrorCode::kUser, "an accepted check needs values", ""};
  check.sql = IsNoneOf(engine::QuoteName(field->name), values);
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
