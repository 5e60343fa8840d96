#include "cli/grid_text.h"
#include "cli/runs_subverbs.h"
#include "cli/verdict_text.h"
#include "run/run_record.h"

namespace assay::cli {
namespace {

struct RunsOptions {
  int limit = 20;
  std::string run = "last";
};

Result<int> List(Context& context, const RunsOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(store::Catalog * catalog, session->NeedCatalog());
  TRY_ASSIGN(const auto runs, catalog->Runs(options.limit));
  if (context.json) {
    Json list = Json::array();
    for (const store::RunRow& run : runs) list.push_back(run::RunRowJson(run));
    context.terminal.OutJson(list);
    return 0;
  }
  TextTable table({"RUN", "STARTED", "STATUS", "EXIT", "WHO"}, {3});
  for (const store::RunRow& run : runs) {
    table.Add({run.id, run.started_at, run.status, std::to_string(run.exit_code), run.who});
  }
  context.terminal.Out(table.Text());
  return 0;
}

std::string WhyOf(const store::NodeRun& node) {
  const std::string& why = node.error.empty() ? node.reason : node.error;
  const int attempts = run::DetailOf(node).attempts;
  if (attempts <= 1) return why;
  return why + (why.empty() ? "" : "; ") + std::to_string(attempts) + " attempts";
}

// Refused rows of a gate by where they come from.
std::string ExamplesText(const std::vector<store::NodeRun>& nodes, const std::string& gate) {
  std::string text;
  for (const store::NodeRun& node : nodes) {
    if (node.node != gate) continue;
    for (const std::string& example : run::DetailOf(node).examples) {
      text += "\n  e.g. " + CellText(example);
    }
  }
  return text;
}

// The nodes behind which no row can be followed back to its source, and why.
std::string LineageText(const std::vector<store::NodeRun>& nodes) {
  std::string text;
  for (const store::NodeRun& node : nodes) {
    for (const run::TableNote& table : run::DetailOf(node).outputs) {
      if (!table.name.empty() || !table.lineage.starts_with("none")) continue;
      text += (text.empty() ? "" : "\n") + ("lineage: " + node.node + ": " + table.lineage);
    }
  }
  return text;
}

Result<int> Show(Context& context, const RunsOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(store::Catalog * catalog, session->NeedCatalog());
  TRY_ASSIGN(const run::RunRecord record, run::FindRunRecord(*catalog, options.run));
  const store::RunRow& run = record.run;
  const Terminal& terminal = context.terminal;
  if (context.json) {
    terminal.OutJson(run::RunRecordJson(record));
    return 0;
  }
  terminal.Out("run " + run.id + "\n  " + run.status + ", exit " + std::to_string(run.exit_code) +
               ", started " + run.started_at + " by " + run.who + " with " + run.program +
               "\n  asked for: " + run::RequestText(run));
  TextTable table(
      {"NODE", "STATUS", "VERDICT", "ROWS IN", "ROWS OUT", "REFUSED", "TIME", "PEAK", "WHY"},
      {3, 4, 5, 6, 7});
  for (const store::NodeRun& node : record.nodes) {
    const bool ran = node.status == "ran";
    table.Add({node.node, node.status, node.verdict, ran ? Grouped(node.rows_in) : "",
               Grouped(node.rows_out), Grouped(node.rows_refused),
               ran ? Duration(node.seconds) : "", ran ? Bytes(node.peak_buffer_bytes) : "",
               WhyOf(node)});
  }
  terminal.Out(table.Text());
  for (const store::NodeRun& node : record.nodes) {
    const run::NodeDetail detail = run::DetailOf(node);
    for (const std::string& warning : detail.warnings) {
      terminal.Out("warning: " + node.node + ": " + warning);
    }
    if (!detail.hint.empty()) terminal.Out("hint: " + node.node + ": " + detail.hint);
  }
  if (const std::string lineage = LineageText(record.nodes); !lineage.empty()) {
    terminal.Out(lineage);
  }
  for (const Json& verdict : record.verdicts) {
    const std::string findings = FindingsText(terminal, verdict, "  ");
    if (findings.empty()) continue;
    terminal.Out("gate " + verdict.value("gate", "") + ": " +
                 PaintVerdict(terminal, verdict.value("verdict", ""), false) + "\n" + findings +
                 ExamplesText(record.nodes, verdict.value("gate", "")));
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb("runs", "Look at runs that were made.");
  verb.NeedsVerb();
  const auto options = std::make_shared<RunsOptions>();
  Verb list = verb.AddVerb("list", "The newest runs, one a line.");
  list.AddOption("--limit", options->limit, "how many (default 20)").IsCount().ValueName("N");
  list.AddJson(context);
  list.OnCall(context, [&context, options] { return List(context, *options); });
  Verb show = verb.AddVerb("show", "One run: its nodes, verdicts and findings.");
  show.AddOption("run", options->run, kRunHelp).ValueName("RUN");
  show.AddJson(context);
  show.AddExamples("  assay runs show last\n  assay runs show last --json");
  show.OnCall(context, [&context, options] { return Show(context, *options); });
  AddRunsLogs(verb, context);
  AddRunsCompare(verb, context);
  AddRunsReport(verb, context);
}

}  // namespace

VerbKind runs_verb() { return {.name = "runs", .add = Add}; }

}  // namespace assay::cli
