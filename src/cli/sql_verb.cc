#include "cli/grid_text.h"
#include "cli/verb.h"
#include "run/sql_tables.h"

namespace assay::cli {
namespace {

struct SqlOptions {
  std::string sql;
  std::string format = "table";
  std::uint64_t limit = 1000;
};

Result<int> Sql(Context& context, const SqlOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY(session->NeedCatalog());
  // One row more than is shown tells whether there are more.
  const std::uint64_t asked = options.limit == 0 ? 0 : options.limit + 1;
  TRY_ASSIGN(engine::Grid grid, run::QueryTables(*session, options.sql, asked));
  const bool more = options.limit > 0 && grid.rows.size() > options.limit;
  if (more) grid.rows.resize(options.limit);
  if (context.json || options.format == "json") {
    context.terminal.OutJson(GridJson(grid));
  } else if (options.format == "csv") {
    context.terminal.Out(GridCsv(grid));
  } else {
    context.terminal.Out(GridTable(grid, 0));
  }
  if (more) {
    context.terminal.Warn("only the first " + Grouped(options.limit) +
                          " rows; --limit 0 gives all");
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb =
      program.AddVerb("sql",
                      "Run a SELECT over nodes (`joined`, \"checked.refused\") and versions "
                      "(\"NAME@v1\", \"NAME@v1.train\").");
  const auto options = std::make_shared<SqlOptions>();
  verb.AddOption("sql", options->sql, "the SELECT").Required().ValueName("SQL");
  verb.AddOption("--format", options->format, "table (default), csv or json")
      .OneOf({"table", "csv", "json"})
      .ValueName("FORMAT");
  verb.AddOption("--limit", options->limit, "rows at most (default 1000; 0: all)")
      .IsCount()
      .ValueName("N");
  verb.AddJson(context);
  verb.AddExamples(
      "  assay sql 'select split, count(*) from \"flights_train@v1\" group by all'\n"
      "  assay sql 'select * from \"plausible.refused\"' --format csv");
  verb.OnCall(context, [&context, options] { return Sql(context, *options); });
}

}  // namespace

VerbKind sql_verb() { return {.name = "sql", .add = Add}; }

}  // namespace assay::cli
