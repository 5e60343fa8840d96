#include "cli/grid_text.h"
#include "cli/verb.h"
#include "retrain/explain.h"
#include "retrain/trigger.h"
#include "store/lock.h"

namespace assay::cli {
namespace {

using retrain::Decision;
using retrain::Observation;

struct RetrainOptions {
  std::string policy, as_of;
  std::int64_t decision = 0;
  bool dry_run = false, approve = false;
};

struct Opened {
  std::unique_ptr<run::Session> session;
  contract::Project project;
};

Result<Opened> Open(Context& context) {
  TRY_ASSIGN(auto session, context.OpenSession());
  contract::Diagnostics diagnostics;
  auto project = retrain::ReadProject(*session, diagnostics);
  if (!project) {
    context.terminal.Talk(diagnostics.Render());
    return Error{ErrorCode::kUser, "the project has errors", "`assay lint` shows them"};
  }
  TRY(session->OpenStore());
  TRY(session->NeedCatalog());
  return Opened{std::move(session), std::move(*project)};
}

std::string BudgetText(const contract::RetrainPolicy& policy, const Decision& decision) {
  if (!decision.budget_left) return "no budget declared";
  return std::to_string(*decision.budget_left) + " of " + std::to_string(*policy.budget) + " per " +
         policy.budget_window.text + " left";
}

Result<int> Status(Context& context, const RetrainOptions& options) {
  TRY_ASSIGN(const Opened opened, Open(context));
  if (!options.policy.empty() || opened.project.policies.empty()) {
    TRY(retrain::FindPolicy(opened.project, options.policy));
  }
  TRY_ASSIGN(const std::int64_t now,
             retrain::MomentOf(options.as_of, context.clock).While("--as-of"));
  Json list = Json::array();
  const Terminal& terminal = context.terminal;
  for (const contract::RetrainPolicy& policy : opened.project.policies) {
    if (!options.policy.empty() && policy.name != options.policy) continue;
    TRY_ASSIGN(const Observation observation,
               retrain::Observe(*opened.session, opened.project, policy, now, false));
    const Decision decision = retrain::Decide(observation.inputs);
    TRY_ASSIGN(const std::string text, retrain::DecisionText(observation.inputs, decision));
    TRY_ASSIGN(const Json body, retrain::DecisionBody(text));
    if (context.json) {
      list.push_back(body);
      continue;
    }
    std::string out = terminal.Paint(policy.name, Tone::kBold, false) + ": ";
    out += decision.action == retrain::kRetrain ? "would train" : decision.action;
    out += ", " + decision.reason + "\n  champion  ";
    out += observation.champion
               ? observation.champion->Ref() + ", made at " + observation.champion->body.created_at
               : "none: `assay model promote " + policy.model + "@vN` names one";
    out += "\n  newest    " + (observation.newest ? retrain::NameOf(*observation.newest) : "none");
    out += "\n  budget    " + BudgetText(policy, decision);
    for (const retrain::Suppression& each : decision.suppressed) {
      if (each.by != "budget") out += "\n  " + each.by + "  " + each.why;
    }
    if (observation.cut_short > 0) {
      out += "\n  decision " + std::to_string(observation.cut_short) +
             " has no end: assay was stopped while it trained, or is at it";
    }
    terminal.Out(out + "\n  signals, of which " + (policy.needs_all ? "all" : "any") +
                 " must fire");
    std::string lines = retrain::SignalLines(body, "    ");
    lines.pop_back();
    terminal.Out(lines);
  }
  if (context.json) terminal.OutJson(list);
  return 0;
}

Result<int> Explain(Context& context, const RetrainOptions& options) {
  TRY_ASSIGN(const Opened opened, Open(context));
  TRY_ASSIGN(const contract::RetrainPolicy* policy,
             retrain::FindPolicy(opened.project, options.policy));
  TRY_ASSIGN(const retrain::Explanation explanation,
             retrain::FindDecision(*opened.session, policy->name, options.decision));
  if (context.json) {
    context.terminal.OutJson(retrain::ExplanationJson(explanation));
  } else {
    context.terminal.Out(retrain::ExplainText(explanation));
  }
  return 0;
}

void ShowLog(const Terminal& terminal, const retrain::Outcome& outcome) {
  std::string line;
  for (const char c : outcome.log_tail + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (!line.empty()) terminal.Talk("  | " + CellText(line));
    line.clear();
  }
}

Result<int> Trigger(Context& context, const RetrainOptions& options) {
  TRY_ASSIGN(const Opened opened, Open(context));
  TRY_ASSIGN(const contract::RetrainPolicy* policy,
             retrain::FindPolicy(opened.project, options.policy));
  retrain::TriggerRequest request;
  request.approved = options.approve;
  request.dry_run = options.dry_run;
  TRY_ASSIGN(request.now, retrain::MomentOf(options.as_of, context.clock).While("--as-of"));
  std::optional<store::Lock> lock;
  if (!options.dry_run) {
    TRY_ASSIGN(store::Lock taken,
               store::Lock::Take(opened.session->root(), "retrain trigger", context.clock));
    lock.emplace(std::move(taken));
  }
  const Terminal& terminal = context.terminal;
  const auto started = [&](const retrain::TriggerReport& report) {
    std::string words;
    for (const std::string& word : policy->train.as_written) {
      words += (words.empty() ? "" : " ") + word;
    }
    terminal.Talk("decision " + std::to_string(report.number) + ": " + report.decision.reason +
                  "; training on " + report.observation.inputs.newest->ref + ": " + words);
  };
  TRY_ASSIGN(const retrain::TriggerReport report,
             retrain::Trigger(*opened.session, opened.project, *policy, request, started));
  if (report.observation.cut_short > 0) {
    terminal.Warn("the training of decision " + std::to_string(report.observation.cut_short) +
                  " was cut short: assay was stopped; it counts as failed");
  }
  const bool failed = report.outcome && report.outcome->action == retrain::kFailed;
  if (report.outcome) ShowLog(terminal, *report.outcome);
  retrain::Explanation explanation;
  explanation.number = report.number;
  TRY_ASSIGN(explanation.decision, retrain::DecisionBody(report.text));
  if (report.outcome) explanation.training = report.outcome->body;
  if (context.json) {
    Json json{{"decision", explanation.decision}, {"dry_run", options.dry_run}};
    if (report.number > 0) json["number"] = report.number;
    if (report.outcome) json["training"] = report.outcome->body;
    terminal.OutJson(json);
  } else {
    terminal.Out(retrain::ExplainText(explanation));
    if (options.dry_run) terminal.Talk("a dry run: nothing was recorded, nothing is trained");
  }
  return failed ? 1 : 0;
}

void Add(Verb& program, Context& context) {
  Verb verb =
      program.AddVerb("retrain", "Decide by the project's policies whether to train again.");
  verb.NeedsVerb();
  const auto options = std::make_shared<RetrainOptions>();
  const auto add = [&](const std::string& name, const std::string& summary,
                       Result<int> (*function)(Context&, const RetrainOptions&)) {
    Verb sub = verb.AddVerb(name, summary, context, options, function);
    sub.AddOption("policy", options->policy, "name of the policy").ValueName("POLICY");
    return sub;
  };
  const auto as_of = [&](Verb sub) {
    sub.AddOption("--as-of", options->as_of, "decide as at this moment (default now)")
        .ValueName("TIME");
  };
  Verb status =
      add("status", "Where each policy stands: signals, cooldown, budget. Writes nothing.", Status);
  as_of(status);
  Verb explain = add("explain", "A decision in words, with what followed from it.", Explain);
  explain.AddOption("--decision", options->decision, "its number (default: the newest)")
      .Between(1, 1000000000)
      .ValueName("N");
  Verb trigger = add(
      "trigger", "Decide and record; train, compare and promote when the answer is yes.", Trigger);
  as_of(trigger);
  trigger.AddFlag("--dry-run", options->dry_run, "only say what would be decided");
  trigger.AddFlag("--approve", options->approve, "for policies that ask for approval");
  trigger.AddExamples(
      "  assay retrain trigger late --dry-run\n"
      "  assay retrain trigger late --as-of 2001-06-30");
}

}  // namespace

VerbKind retrain_verb() { return {.name = "retrain", .add = Add}; }

}  // namespace assay::cli
