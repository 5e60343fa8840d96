#include <algorithm>

#include "cli/progress.h"
#include "cli/selection.h"
#include "cli/stop_signal.h"
#include "cli/verb.h"
#include "cli/verdict_text.h"
#include "contract/number_text.h"
#include "run/runner.h"

namespace assay::cli {
namespace {

struct RunOptions {
  run::RunRequest request;
  std::optional<std::string> as_of;
  bool no_fetch = false;
};

void ShowDatasets(const Terminal& terminal, const run::RunReport& report) {
  for (const run::DatasetReport& dataset : report.datasets) {
    const std::string name = dataset.name + "@" + dataset.ref;
    if (dataset.status == "unchanged") {
      terminal.Out(name + " is unchanged: version " + Short(dataset.version));
      continue;
    }
    std::string line = dataset.name + ": ";
    if (dataset.status == "same-content") {
      line += "same content as " + dataset.same_as + ", committed again without a new number";
    } else {
      line += terminal.Paint("new version " + dataset.ref, Tone::kGood, false);
    }
    line += "\n  version " + dataset.version + "\n  commit  " + dataset.commit;
    for (const auto& [split, rows] : dataset.splits) {
      line += "\n  " + split + std::string(split.size() < 10 ? 10 - split.size() : 0, ' ') + "  " +
              Rows(rows);
    }
    terminal.Out(line);
  }
}

void ShowFindings(const Terminal& terminal, const run::NodeReport& node) {
  if (!node.verdict_body.is_object() || node.verdict == "pass") return;
  const std::string findings = FindingsText(terminal, node.verdict_body, "  ");
  const std::uint64_t bad =
      std::max(node.rows_refused, node.verdict_body.value("faulty", std::uint64_t{0}));
  const std::string how = node.verdict_body.value("bad_rows", "");
  std::string refused;
  if (bad > 0) {
    refused = ", " + Rows(bad) + (how == "drop" ? " dropped" : how == "keep" ? " bad" : " refused");
    if (how == "keep" && node.verdict != "fail") refused += " and let through";
  }
  terminal.Out(node.type + " " + node.name + ": " + PaintVerdict(terminal, node.verdict, false) +
               refused + (findings.empty() ? "" : "\n" + findings));
}

void ShowFailures(const Terminal& terminal, const run::RunReport& report) {
  for (const run::NodeReport& node : report.nodes) {
    if (node.status == "failed") {
      terminal.Say({ErrorCode::kUser, node.error, node.hint});
    }
    for (const std::string& warning : node.warnings) terminal.Warn(node.name + ": " + warning);
  }
}

Result<int> Run(Context& context, const RunOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  contract::Diagnostics diagnostics;
  RunProgress progress(context.terminal, context.json);
  const StopSignal signal;
  run::RunRequest request = options.request;
  request.stop = StopSignal::asked;
  request.fetches = !options.no_fetch;
  if (options.as_of) {
    TRY_ASSIGN(request.as_of, contract::ParseTime(*options.as_of).While("--as-of"));
  }
  const auto report = run::RunProject(*session, request, diagnostics, progress);
  progress.Finish();
  if (!report.ok()) return Error(report.error());
  if (!context.json) context.TellEnvironment();
  for (const contract::Diagnostic& each : diagnostics.all()) {
    context.terminal.Warn(PlaceText(each.place) + ": " + each.message);
  }
  if (context.json) {
    context.terminal.OutJson(RunReportJson(*report));
    return report->exit;
  }
  for (const run::NodeReport& node : report->nodes) {
    if (node.status == "ran" || node.verdict == "fail") ShowFindings(context.terminal, node);
  }
  ShowDatasets(context.terminal, *report);
  ShowFailures(context.terminal, *report);
  if (report->status == "nothing-to-do") {
    context.terminal.Out("nothing to do (" + Duration(report->seconds) + ")");
  } else if (report->status == "gate-failed") {
    context.terminal.Talk("a gate failed: nothing behind it was made, what was there stays (" +
                          Duration(report->seconds) + ")");
  } else if (report->status == "cancelled") {
    context.terminal.Talk("cancelled after " + Duration(report->seconds) +
                          "; `assay run` goes on from here");
  } else {
    context.terminal.Talk((report->status == "done" ? "done in " : "failed after ") +
                          Duration(report->seconds));
  }
  return report->exit;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "run", "Run what must run: read sources, apply steps, judge by gates, commit versions.");
  const auto options = std::make_shared<RunOptions>();
  run::RunRequest& request = options->request;
  AddSelection(verb, request.selection);
  verb.AddFlag("--force", request.force, "run what is selected though nothing changed");
  verb.AddFlag("--frozen", request.frozen,
               "fail, and run nothing, if the files of a source changed");
  verb.AddFlag("--no-fetch", options->no_fetch,
               "work with what was fetched last, and ask no server");
  verb.AddFlag("--fetch-anew", request.fetch_anew,
               "ask servers for everything again, not only for what is new");
  verb.AddOption("--as-of", options->as_of,
                 "as it would have been then: rows before DATE, ages as of DATE")
      .ValueName("DATE");
  verb.AddOption("--parts", request.parts,
                 "compute what is made of these parts, such as 2001-01..2001-03; no dataset")
      .ValueName("A..B");
  verb.AddOption("--jobs", request.jobs, "nodes at once (default: as many as threads)")
      .Between(1, 1024)
      .Environment("ASSAY_JOBS")
      .ValueName("N");
  verb.AddOption("--message,-m", request.message, "what the commits of this run say")
      .ValueName("TEXT");
  verb.AddJson(context);
  verb.AddExamples(
      "  assay run\n  assay run +checked\n  assay run --select tag:nightly\n"
      "  assay run -m \"June is in\" --json");
  verb.OnCall(context, [&context, options] { return Run(context, *options); });
}

}  // namespace

VerbKind run_verb() { return {.name = "run", .add = Add}; }

}  // namespace assay::cli
