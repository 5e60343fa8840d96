#include "step/step.h"

namespace assay::step {
namespace {

Result<std::string> ToSql(const StepContext& context) {
  std::string sql = context.params.at("sql").get<std::string>();
  // Files end their statement with a semicolon; inside a query of ours it would be none.
  const std::size_t end = sql.find_last_not_of("; \t\r\n");
  sql.resize(end == std::string::npos ? 0 : end + 1);
  return sql;
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
