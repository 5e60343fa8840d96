#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

Result<std::string> ToSql(const StepContext& context) {
  return engine::WithoutSemicolon(context.params.at("sql").get<std::string>());
}

}  // namespace

StepKind sql_step() {
  using contract::ParamType;
  return {
      .info = {.name = "sql",
               .summary = "one SELECT over other nodes",
               .help = "The text is a DuckDB SELECT; the nodes it reads are found in its FROM "
                       "clauses. Where the parser cannot tell (PIVOT without an IN list), name "
                       "them in `inputs`. Functions that differ from run to run (now, random) "
                       "are refused. A query whose answer could depend on the order of rows "
                       "(LIMIT, windows, sums of floating-point columns) runs on one thread "
                       "over sorted input; `assay plan --explain` says which.\n\n"
                       "Short form: `NAME: {sql: TEXT}` or `NAME: {sql: {file: PATH}}`.",
               .version = 1,
               .params = {{.name = "sql",
                           .type = ParamType::kText,
                           .summary = "the SELECT, or {file: PATH}",
                           .required = true},
                          {.name = "inputs",
                           .type = ParamType::kInputs,
                           .summary = "nodes that the SQL reads, where they cannot be found"}},
               .example = "steps:\n  late: {sql: \"SELECT *, delay > 15 AS late FROM flights\"}\n"},
      .to_sql = ToSql};
}

}  // namespace assay::step
