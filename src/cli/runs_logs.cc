#include "cli/runs_subverbs.h"
#include "run/run_log.h"

namespace assay::cli {
namespace {

struct LogsOptions {
  std::string run = "last", node;
};

Tone ToneOf(const run::RunLogLine& line) {
  if (line.kind == "error") return Tone::kBad;
  return line.kind == "warning" ? Tone::kWarning : Tone::kPlain;
}

Result<int> Logs(Context& context, const LogsOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(store::Catalog * catalog, session->NeedCatalog());
  TRY_ASSIGN(const run::RunRecord record, run::FindRunRecord(*catalog, options.run));
  TRY_ASSIGN(const auto lines, run::RunLog(record, options.node));
  const Terminal& terminal = context.terminal;
  if (context.json) {
    terminal.OutJson(run::RunLogJson(lines));
    return 0;
  }
  if (lines.empty()) {
    terminal.Talk("nothing was told: no node ran");
    return 0;
  }
  TextTable table({});
  for (const run::RunLogLine& line : lines) {
    const bool named = line.kind == "error" || line.kind == "warning";
    std::string text = line.text;
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3) {
      text.replace(at, 1, " | ");
    }
    table.Add({line.at.empty() ? "-" : line.at, line.node,
               terminal.Paint((named ? line.kind + ": " : "") + text, ToneOf(line), false)});
  }
  terminal.Out(table.Text());
  return 0;
}

}  // namespace

void AddRunsLogs(Verb& runs, Context& context) {
  Verb logs = runs.AddVerb("logs", "What a run told while it went on, in the order of time.");
  const auto options = std::make_shared<LogsOptions>();
  logs.AddOption("run", options->run, kRunHelp).ValueName("RUN");
  logs.AddOption("node", options->node, "of this node only").ValueName("NODE");
  logs.AddJson(context);
  logs.AddExamples("  assay runs logs last\n  assay runs logs last checked");
  logs.OnCall(context, [&context, options] { return Logs(context, *options); });
}

}  // namespace assay::cli
