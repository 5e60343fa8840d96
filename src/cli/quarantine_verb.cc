#include "cli/grid_text.h"
#include "cli/verb.h"
#include "run/node_output.h"
#include "run/refused_rows.h"

namespace assay::cli {
namespace {

struct QuarantineOptions {
  std::string gate;
  bool all = false;
  std::uint64_t limit = 20;
};

// What the newest run refused, also where it came from the cache; with `all` everything ever
// refused.
Result<std::vector<store::QuarantineRow>> Refusals(store::Catalog& catalog,
                                                   const QuarantineOptions& options) {
  TRY_ASSIGN(const auto rows, catalog.Quarantines(options.gate));
  std::vector<store::QuarantineRow> chosen;
  for (const store::QuarantineRow& row : rows) {
    TRY_ASSIGN(const std::string current, catalog.CurrentFingerprint(row.gate));
    if (options.all || row.fingerprint == current) chosen.push_back(row);
  }
  if (chosen.empty() && !options.gate.empty()) {
    return Error{ErrorCode::kUser, "no refused rows of: " + options.gate,
                 "`assay quarantine list` shows which gates have some"};
  }
  return chosen;
}

std::string ReasonText(const Json& reasons) {
  std::string text;
  for (const auto& [name, rows] : reasons.items()) {
    text += (text.empty() ? "" : ", ") + name + " " + Grouped(rows.get<std::uint64_t>());
  }
  return text;
}

Result<int> List(Context& context, const QuarantineOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(store::Catalog * catalog, session->NeedCatalog());
  TRY_ASSIGN(const auto rows, Refusals(*catalog, options));
  if (context.json) {
    Json list = Json::array();
    for (const store::QuarantineRow& row : rows) {
      list.push_back(Json{{"gate", row.gate},
                          {"rows", row.rows},
                          {"reasons", row.reasons},
                          {"run", row.run},
                          {"created_at", row.created_at}});
    }
    context.terminal.OutJson(list);
    return 0;
  }
  if (rows.empty()) {
    context.terminal.Talk("no row is in quarantine");
    return 0;
  }
  TextTable table({"GATE", "ROWS", "WHEN", "REASONS"}, {1});
  for (const store::QuarantineRow& row : rows) {
    table.Add({row.gate, Grouped(row.rows), row.created_at, ReasonText(row.reasons)});
  }
  context.terminal.Out(table.Text());
  context.terminal.Talk("`assay quarantine show GATE` prints the rows");
  return 0;
}

// For programs the place in the gate's input stays, and the origins are a list.
Json RefusedJson(const run::RefusedRows& refused) {
  Json list = GridJson(refused.grid);
  for (std::size_t i = 0; i < refused.origins.size(); ++i) {
    list[i]["_assay_from"] = run::OriginsJson(refused.origins[i]);
  }
  return list;
}

// For people, where the rows come from takes the place of hashes and numbers of rows between.
std::string RefusedText(run::RefusedRows refused) {
  engine::Grid& grid = refused.grid;
  const Type text{TypeKind::kString, 0, 0, {}};
  for (std::size_t column = 0; !refused.origins.empty() && column < grid.schema.size(); ++column) {
    if (grid.schema[column].name != "_assay_file") continue;
    const auto at = static_cast<std::ptrdiff_t>(column);
    grid.schema[column] = {"_assay_from", text};
    grid.schema.erase(grid.schema.begin() + at + 1);  // `_assay_row` stands behind it
    for (std::size_t i = 0; i < grid.rows.size(); ++i) {
      grid.rows[i][column] = run::OriginsText(refused.origins[i]);
      grid.rows[i].erase(grid.rows[i].begin() + at + 1);
    }
  }
  return GridTable(grid, 0);
}

Result<int> Show(Context& context, const QuarantineOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(store::Catalog * catalog, session->NeedCatalog());
  TRY_ASSIGN(const auto rows, Refusals(*catalog, options));
  TRY_ASSIGN(engine::Engine * engine, session->Engine());
  for (const store::QuarantineRow& row : rows) {
    TRY_ASSIGN(const store::Table table, store::ParseTableJson(row.table));
    TRY_ASSIGN(const run::RefusedRows refused,
               run::ReadRefused(session->objects(), *engine, row.gate, table,
                                FieldNames(table.schema), options.limit));
    if (context.json) {
      context.terminal.OutJson(RefusedJson(refused));
      continue;
    }
    context.terminal.Out(RefusedText(refused));
    const std::size_t shown = refused.grid.rows.size();
    if (shown < row.rows) {
      const bool all_kept = table.rows == row.rows;
      context.terminal.Talk(
          "shown: " + Grouped(shown) + " of " + Rows(row.rows) + "; " +
          (all_kept ? "--limit 0 shows all" : "a sample of " + Grouped(table.rows) + " was kept"));
    }
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb("quarantine", "Look at the rows that gates and sources refused.");
  verb.NeedsVerb();
  const auto options = std::make_shared<QuarantineOptions>();
  Verb list = verb.AddVerb("list", "How many rows each gate refused, and why.");
  list.AddOption("gate", options->gate, "of this gate only").ValueName("GATE");
  list.AddFlag("--all", options->all, "also refusals of earlier inputs");
  list.AddJson(context);
  list.OnCall(context, [&context, options] { return List(context, *options); });
  Verb show = verb.AddVerb(
      "show", "The refused rows whole, with reasons and the rows of files that they come from.");
  show.AddOption("gate", options->gate, "gate or source").Required().ValueName("GATE");
  show.AddOption("--limit", options->limit, "how many rows (default 20; 0: all)")
      .IsCount()
      .ValueName("N");
  show.AddJson(context);
  show.AddExamples(
      "  assay quarantine show plausible\n"
      "  assay sql 'select * from \"plausible.refused\"'");
  show.OnCall(context, [&context, options] { return Show(context, *options); });
}

}  // namespace

VerbKind quarantine_verb() { return {.name = "quarantine", .add = Add}; }

}  // namespace assay::cli
