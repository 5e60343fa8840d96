#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::PairsOf;
using engine::QuoteName;

// `(EXPRESSION) AS "name"` for each; a line feed ends a comment that a person left open.
std::string Named(const std::vector<std::pair<std::string, std::string>>& expressions) {
  std::string text;
  for (const auto& [name, expression] : expressions) {
    text += (text.empty() ? "(" : ", (") + expression + "\n) AS " + QuoteName(name);
  }
  return text;
}

Result<std::string> Select(const Json& params) {
  const std::string replaced = Named(PairsOf(params, "replace"));
  const std::string added = Named(PairsOf(params, "columns"));
  return "SELECT *" + (replaced.empty() ? "" : " REPLACE (" + replaced + ")") +
         (added.empty() ? "" : ", " + added) + " FROM " +
         QuoteName(params.at("input").get<std::string>());
}

Status CheckParams(const Json& params) {
  if (params.contains("columns") || params.contains("replace")) return {};
  return Error{ErrorCode::kUser, "a derive step needs `columns` or `replace`",
               "write `columns: {NAME: EXPRESSION}`"};
}

Status Check(const StepContext& context) {
  const StepInput& input = InputOf(context);
  for (const auto& [name, expression] : PairsOf(context.params, "replace")) {
    TRY(ColumnOf(input, name));
  }
  for (const auto& [name, expression] : PairsOf(context.params, "columns")) {
    if (!ColumnOf(input, name).ok()) continue;
    return Error{ErrorCode::kUser, "`" + input.name + "` has a column already: " + name,
                 "give the new one another name, or write it under `replace`"};
  }
  return {};
}

}  // namespace

StepKind derive_step() {
  using contract::ParamType;
  return {.info = {.name = "derive",
                   .summary = "makes columns by SQL expressions",
                   .help = "`columns` adds new ones behind those of the input, `replace` puts a "
                           "value in the place of an old one. Each expression sees the columns of "
                           "the input, not those made beside it.",
                   .version = 1,
                   .params = {{.name = "input",
                               .type = ParamType::kInput,
                               .summary = "the node whose rows it reads",
                               .required = true},
                              {.name = "columns",
                               .type = ParamType::kExpressions,
                               .summary = "new columns"},
                              {.name = "replace",
                               .type = ParamType::kExpressions,
                               .summary = "columns of the input that get another value"}},
                   .by_select = true,
                   .check = CheckParams,
                   .example = "steps:\n  late:\n    kind: derive\n    input: flights\n    columns: "
                              "{late: \"delay > 15\"}\n"},
          .select = Select,
          .check = Check};
}

}  // namespace assay::step
