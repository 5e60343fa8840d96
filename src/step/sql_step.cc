#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

Result<std::string> Select(const Json& params) {
  return engine::WithoutSemicolon(params.at("sql").get<std::string>());
}

}  // namespace

StepKind sql_step() {
  using contract::ParamType;
  return {
      .info = {.name = "sql",
               .summary = "one SELECT over other nodes",
               .help =
                   "The text is a DuckDB SELECT; the nodes it reads are found in its FROM "
                   "clauses. Where the parser cannot tell (PIVOT without an IN list), name "
                   "them in `inputs`. Functions that differ from run to run (now, random) "
                   "are refused. A query whose answer could depend on the order of rows "
                   "(LIMIT, windows, sums of floating-point columns) runs on one thread "
                   "over sorted input; `assay plan --explain` says which.\n\n"
                   "In a join one of the tables must be looked up in: its rows come up once at "
                   "most. When the rows of every table come up again and again, the step fails, "
                   "as that is nearly always a key that is less unique than it was thought to "
                   "be; `multiplies: true` allows it.\n\n"
                   "Short form: `NAME: {sql: TEXT}` or `NAME: {sql: {file: PATH}}`.",
               .version = 1,
               .params = {{.name = "sql",
                           .type = ParamType::kText,
                           .summary = "the SELECT, or {file: PATH}",
                           .required = true},
                          {.name = "inputs",
                           .type = ParamType::kInputs,
                           .summary = "nodes that the SQL reads, where they cannot be found"},
                          {.name = "multiplies",
                           .type = ParamType::kBool,
                           .summary = "true: a join may multiply rows (default false)"}},
               .by_select = true,
               .example = "steps:\n  late: {sql: \"SELECT *, delay > 15 AS late FROM flights\"}\n"},
      .select = Select};
}

}  // namespace assay::step
