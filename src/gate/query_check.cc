#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

void ReplaceAll(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
}

std::string Filled(std::string sql, const std::string& object) {
  for (const char* name : {"${object}", "${table}", "{object}", "{table}"}) {
    ReplaceAll(sql, name, object);
  }
  return engine::WithoutSemicolon(sql);
}

Result<CompiledCheck> Compile(const CheckContext& context) {
  const std::string text = context.params.at("sql").get<std::string>();
  CompiledCheck check;
  check.form = CheckForm::kQuery;
  check.sql = Filled(text, context.table);
  check.user_sql = Filled(text, engine::QuoteName(kObjectName));
  check.expected = text;
  check.bound = BetweenBound(context.params);
  return check;
}

}  // namespace

CheckKind query_check() {
  using contract::ParamType;
  return {
      .info = {.name = "query",
               .summary = "a query gives one number between borders",
               .help = "`${object}` stands for the gate's input, all of it. The query gives one "
                       "row with one number and runs as a pass of its own, not by slice; this "
                       "is the `sql` quality rule of ODCS.",
               .params = {{.name = "sql",
                           .type = ParamType::kText,
                           .summary = "a SELECT",
                           .required = true},
                          {.name = "between",
                           .type = ParamType::kRange,
                           .summary = "smallest and largest value",
                           .required = true}},
               .subject = "sql",
               .axis = contract::kIntegrity,
               .example = "- {query: \"SELECT count(DISTINCT origin) FROM ${object}\", between: "
                          "[200, 400]}\n"},
      .compile = Compile,
      .needs_pass = true};
}

}  // namespace assay::gate
