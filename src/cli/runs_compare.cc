#include <algorithm>
#include <cstdio>

#include "cli/runs_subverbs.h"
#include "cli/verdict_text.h"
#include "run/run_compare.h"

namespace assay::cli {
namespace {

struct CompareOptions {
  std::string a, b;
  bool all = false;
};

// `before -> after`, or one of them where both are alike.
std::string Pair(const std::string& a, const std::string& b) {
  if (a == b) return a;
  return (a.empty() ? "-" : a) + " -> " + (b.empty() ? "-" : b);
}

std::string StatusOf(const run::NodePair& pair) {
  if (!pair.a) return "only in b: " + pair.b->status;
  if (!pair.b) return "only in a: " + pair.a->status;
  return Pair(pair.a->status, pair.b->status);
}

template <typename Value>
std::string Both(const run::NodePair& pair, const Value& value) {
  if (!pair.a) return value(*pair.b);
  if (!pair.b) return value(*pair.a);
  return Pair(value(*pair.a), value(*pair.b));
}

std::string TimeOf(const store::NodeRun& node) {
  return node.status == "ran" || node.status == "failed" ? Duration(node.seconds) : "";
}

// `2.1 x slower`; nothing where the machine may have made the difference.
std::string PaceText(const std::optional<double>& slowdown) {
  if (!slowdown) return "";
  const double ratio = *slowdown;
  if (ratio < 1.05 && ratio > 1 / 1.05) return "";
  char text[40];
  std::snprintf(text, sizeof text, "%.*f x %s", std::max(ratio, 1 / ratio) < 10 ? 1 : 0,
                ratio > 1 ? ratio : 1 / ratio, ratio > 1 ? "slower" : "faster");
  return text;
}

// Which outputs hold other rows than before.
std::string ContentOf(const run::NodePair& pair) {
  std::string changed;
  for (const run::OutputPair& output : pair.outputs) {
    if (!output.is_changed()) continue;
    changed += (changed.empty() ? "" : ", ") + (output.name.empty() ? "rows" : output.name);
  }
  if (!changed.empty()) return changed + " changed";
  return pair.outputs.empty() ? "" : "same";
}

std::string RunText(const char* name, const run::RunRecord& record) {
  const store::RunRow& run = record.run;
  std::string text = std::string(name) + " " + run.id + "\n  " + run.status + ", exit " +
                     std::to_string(run.exit_code) + ", started " + run.started_at + " by " +
                     run.who;
  if (const std::string took = run::SecondsOfText(run); !took.empty()) text += ", " + took;
  return text + "\n  asked for: " + run::RequestText(run);
}

std::string VersionText(const std::optional<run::RunVersion>& version) {
  if (!version) return "";
  const std::string id = Short(version->version);
  return (version->number.empty() ? id : version->number + " " + id) +
         (version->made ? "" : " unchanged");
}

void ShowNodes(const Terminal& terminal, const run::RunComparison& comparison, bool all) {
  TextTable table(
      {"NODE", "STATUS", "VERDICT", "ROWS OUT", "REFUSED", "CONTENT", "TIME", "PACE", "WHY IN B"});
  std::size_t alike = 0, shown = 0;
  for (const run::NodePair& pair : comparison.nodes) {
    const std::string pace = PaceText(pair.slowdown());
    if (pair.is_alike() && pace.empty() && !all) {
      ++alike;
      continue;
    }
    ++shown;
    using store::NodeRun;
    table.Add({pair.name, StatusOf(pair),
               Both(pair, [](const NodeRun& node) { return node.verdict; }),
               Both(pair, [](const NodeRun& node) { return Grouped(node.rows_out); }),
               Both(pair, [](const NodeRun& node) { return Grouped(node.rows_refused); }),
               ContentOf(pair), Both(pair, TimeOf), pace, pair.b ? pair.b->reason : ""});
  }
  if (shown > 0) terminal.Out(table.Text());
  if (alike > 0) {
    terminal.Out(Grouped(alike) + (alike == 1 ? " node is" : " nodes are") +
                 " alike; --all shows " + (alike == 1 ? "it" : "them"));
  }
}

void ShowRest(const Terminal& terminal, const run::RunComparison& comparison) {
  for (const run::CheckPair& pair : comparison.checks) {
    terminal.Out("check " + pair.check + " of " + pair.gate + ": " +
                 PaintVerdict(terminal, pair.a, false) + " (" + pair.observed_a + ") -> " +
                 PaintVerdict(terminal, pair.b, false) + " (" + pair.observed_b + ")");
  }
  for (const run::VersionPair& pair : comparison.versions) {
    terminal.Out("dataset " + pair.dataset + ": " + Pair(VersionText(pair.a), VersionText(pair.b)) +
                 (pair.is_alike() ? "; the same content" : ""));
  }
}

Result<int> Compare(Context& context, const CompareOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(store::Catalog * catalog, session->NeedCatalog());
  TRY_ASSIGN(run::RunRecord a, run::FindRunRecord(*catalog, options.a));
  TRY_ASSIGN(run::RunRecord b, run::FindRunRecord(*catalog, options.b));
  TRY(run::AddKeptVerdicts(*catalog, a));
  TRY(run::AddKeptVerdicts(*catalog, b));
  const run::RunComparison comparison = run::CompareRuns(std::move(a), std::move(b));
  if (context.json) {
    context.terminal.OutJson(run::RunComparisonJson(comparison));
    return 0;
  }
  context.terminal.Out(RunText("a", comparison.a) + "\n" + RunText("b", comparison.b));
  ShowNodes(context.terminal, comparison, options.all);
  ShowRest(context.terminal, comparison);
  return 0;
}

}  // namespace

void AddRunsCompare(Verb& runs, Context& context) {
  Verb compare = runs.AddVerb(
      "compare", "Two runs side by side: nodes, verdicts, rows, content, time, versions.");
  const auto options = std::make_shared<CompareOptions>();
  compare.AddOption("a", options->a, kRunHelp).Required().ValueName("RUN");
  compare.AddOption("b", options->b, "the run to compare with it").Required().ValueName("RUN");
  compare.AddFlag("--all", options->all, "also nodes that are alike");
  compare.AddJson(context);
  compare.AddExamples("  assay runs compare last~1 last");
  compare.OnCall(context, [&context, options] { return Compare(context, *options); });
}

}  // namespace assay::cli
