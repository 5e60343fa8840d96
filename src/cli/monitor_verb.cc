#include "cli/drift_text.h"
#include "cli/grid_text.h"
#include "cli/verb.h"
#include "monitor/alert.h"
#include "monitor/standing.h"
#include "monitor/watch.h"
#include "store/lock.h"

namespace assay::cli {
namespace {

struct MonitorOptions {
  std::vector<std::string> names;
};

Result<contract::Project> LoadProject(Context& context, const run::Session& session) {
  contract::Diagnostics diagnostics;
  auto project = session.LoadProject(diagnostics);
  if (!project) return diagnostics.ToError();
  if (!diagnostics.all().empty()) context.terminal.Talk(diagnostics.Render());
  return std::move(*project);
}

Tone ToneOf(const std::string& verdict) { return verdict == "pass" ? Tone::kGood : Tone::kBad; }

void TellAlerts(Context& context, const std::vector<monitor::Sent>& sent) {
  for (const monitor::Sent& each : sent) {
    const std::string what = "alert of " + each.monitor + " by " + each.channel;
    if (each.error.empty()) {
      context.terminal.Talk(what + ": sent");
    } else {
      context.terminal.Warn(
          what + (each.given_up ? " given up: " : " waits, it will be sent again: ") + each.error);
    }
  }
}

// What each monitor judged, below the table of monitors.
Status ShowColumns(const Terminal& terminal, const std::vector<monitor::MonitorResult>& results) {
  for (const monitor::MonitorResult& result : results) {
    if (result.verdict == "error") continue;
    TRY_ASSIGN(const std::string columns, JudgedText(terminal, result.body));
    if (!columns.empty()) terminal.Out("\n" + result.monitor + "\n" + columns);
  }
  return {};
}

Result<int> Run(Context& context, const MonitorOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY_ASSIGN(const contract::Project project, LoadProject(context, *session));
  TRY(session->OpenStore());
  TRY(session->NeedCatalog());
  TRY_ASSIGN(const store::Lock lock,
             store::Lock::Take(session->root(), "monitor run", context.clock));
  TRY_ASSIGN(const auto results, monitor::RunMonitors(*session, project, options.names));
  TRY_ASSIGN(const auto sent, monitor::SendAlerts(*session, project));
  Json list = Json::array();
  TextTable table({"MONITOR", "WATCHES", "REFERENCE", "VERDICT", "WHAT"});
  int exit = 0;
  for (const monitor::MonitorResult& result : results) {
    const bool failed = result.verdict == "error";
    if (failed) exit = std::max(exit, ExitStatus(result.error.code));
    if (result.verdict == "drift") exit = std::max(exit, 1);
    Json json{{"monitor", result.monitor},
              {"subject", result.subject},
              {"reference", result.reference},
              {"verdict", result.verdict}};
    if (failed) {
      json["error"] = result.error.message;
      json["hint"] = result.error.hint;
    } else {
      json["summary"] = result.summary;
      json["result"] = result.id;
      json["body"] = result.body;
    }
    list.push_back(std::move(json));
    table.Add({result.monitor, CellText(result.subject), CellText(result.reference),
               context.terminal.Paint(result.verdict, ToneOf(result.verdict), false),
               CellText(result.summary)});
  }
  if (context.json) {
    context.terminal.OutJson(list);
  } else if (results.empty()) {
    context.terminal.Talk(
        "the project has no monitors; they stand under `monitors:` in assay.yaml");
  } else {
    context.terminal.Out(table.Text());
    TRY(ShowColumns(context.terminal, results));
  }
  for (const monitor::MonitorResult& result : results) {
    if (result.verdict == "error") context.terminal.Say(result.error);
  }
  TellAlerts(context, sent);
  return exit;
}

Result<int> ShowStatus(Context& context, const MonitorOptions&) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY_ASSIGN(const contract::Project project, LoadProject(context, *session));
  TRY(session->OpenStore());
  TRY(session->NeedCatalog());
  TRY_ASSIGN(const monitor::Standing standing, monitor::FindStanding(*session, project));
  if (context.json) {
    context.terminal.OutJson(monitor::StandingJson(standing));
    return 0;
  }
  TextTable table({"MONITOR", "LAST", "VERDICT", "REFERENCE", "OWNER"});
  for (const auto& [monitor, last] : standing.monitors) {
    table.Add({monitor.name, last ? last->created_at : "never",
               last ? context.terminal.Paint(last->verdict, ToneOf(last->verdict), false) : "-",
               CellText(last ? last->reference : monitor.reference), OwnerText(monitor.owner)});
  }
  context.terminal.Out(table.Text());
  for (const store::OutboxRow& alert : standing.alerts) {
    if (alert.state == "sent") continue;
    context.terminal.Warn("alert of " + alert.monitor + " by " + alert.channel + " " + alert.state +
                          " after " + std::to_string(alert.attempts) + " attempts: " + alert.error);
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "monitor", "Compare what arrives with what models were trained on; send alerts.");
  verb.NeedsVerb();
  const auto options = std::make_shared<MonitorOptions>();
  Verb run = verb.AddVerb("run", "Run the monitors of the project; exit 1 when one says drift.",
                          context, options, Run);
  run.AddOption("names", options->names, "only these").ValueName("MONITOR");
  run.AddExamples("  assay monitor run\n  assay monitor run june --json");
  verb.AddVerb("status", "The last result of each monitor, and alerts that were not taken.",
               context, options, ShowStatus);
}

}  // namespace

VerbKind monitor_verb() { return {.name = "monitor", .add = Add}; }

}  // namespace assay::cli
