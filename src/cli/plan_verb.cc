#include "cli/selection.h"
#include "cli/verb.h"
#include "gate/gate.h"
#include "run/prepared.h"

namespace assay::cli {
namespace {

struct PlanOptions {
  bool explain = false;
  bool force = false;
  plan::Selection selection;
};

Json DecisionJson(const plan::Node& node, const plan::Decision& decision,
                  const std::vector<std::string>& passes) {
  Json inputs = Json::array();
  for (const plan::Input& input : node.inputs) inputs.push_back(input.name);
  Json json{
      {"name", node.name}, {"type", NodeTypeText(node.type)},       {"kind", node.kind},
      {"inputs", inputs},  {"action", ActionText(decision.action)}, {"reason", decision.reason}};
  if (!decision.fingerprint.empty()) {
    json["fingerprint"] = decision.fingerprint;
    json["manifest"] = decision.manifest;
  }
  if (!decision.verdict.empty()) json["verdict"] = decision.verdict;
  if (!passes.empty()) json["extra_passes"] = passes;
  return json;
}

std::string Indented(const std::string& lines) {
  std::string text;
  for (std::size_t start = 0; start < lines.size();) {
    const std::size_t end = lines.find('\n', start);
    text += "      " + lines.substr(start, end - start) + "\n";
    start = end == std::string::npos ? lines.size() : end + 1;
  }
  return text;
}

Tone ToneOf(plan::Action action) {
  return action == plan::Action::kRun || action == plan::Action::kWait ? Tone::kBold : Tone::kDim;
}

Result<int> Plan(Context& context, const PlanOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  contract::Diagnostics diagnostics;
  run::KeptOutputs kept(*session);
  kept.ReadAhead();
  TRY_ASSIGN(const auto prepared, run::Prepare(*session, diagnostics));
  if (!prepared) return diagnostics.ToError();
  plan::Wish wish;
  wish.force = options.force;
  TRY_ASSIGN(wish.selected, SelectNodes(prepared->graph, options.selection));
  const run::Files files = run::FindFiles(*session, *prepared);
  for (plan::NodeId id = 0; id < files.errors.size(); ++id) {
    if (files.errors[id] && wish.Selects(id)) return Error(*files.errors[id]);
  }
  TRY_ASSIGN(
      const plan::Plan plan,
      plan::MakePlan(prepared->graph, files.resolved, engine::kEngineMajor,
                     run::CatalogLookups(*session, session->clock().NowMicros(), kept), wish));
  Json nodes = Json::array();
  TextTable table({});
  std::string explained;
  for (plan::NodeId id = 0; id < prepared->graph.nodes.size(); ++id) {
    if (!wish.Selects(id)) continue;
    const plan::Node& node = prepared->graph.nodes[id];
    const plan::Decision& decision = plan.decisions[id];
    std::vector<std::string> passes;
    if (node.type == plan::NodeType::kGate) {
      passes = gate::ExtraPasses(prepared->project.gates[node.declared]);
    }
    nodes.push_back(DecisionJson(node, decision, passes));
    const std::string action =
        context.terminal.Paint(ActionText(decision.action), ToneOf(decision.action), false);
    if (!options.explain) {
      table.Add({NodeTypeText(node.type), node.name, action, decision.reason});
      continue;
    }
    explained +=
        NodeTypeText(node.type) + " " + node.name + ": " + action + ", " + decision.reason + "\n";
    for (const std::string& pass : passes) explained += "    one more pass for " + pass + "\n";
    if (!decision.fingerprint.empty()) {
      explained +=
          "    fingerprint " + decision.fingerprint + " of\n" + Indented(decision.manifest);
    }
  }
  if (context.json) {
    context.terminal.OutJson(Json{{"nodes", nodes},
                                  {"nothing_to_do", plan.nothing_to_do()},
                                  {"environment", TextOrNull(prepared->project.environment)}});
    return 0;
  }
  context.TellEnvironment();
  if (!explained.empty()) explained.pop_back();
  context.terminal.Out(options.explain ? explained : table.Text());
  if (plan.nothing_to_do()) context.terminal.Talk("nothing to do");
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb =
      program.AddVerb("plan", "Say which nodes a run would run, and why. Nothing is executed.");
  const auto options = std::make_shared<PlanOptions>();
  AddSelection(verb, options->selection);
  verb.AddFlag("--force", options->force, "as `assay run --force` would do it");
  verb.AddFlag("--explain", options->explain, "show what each node's fingerprint is made of");
  verb.AddJson(context);
  verb.AddExamples("  assay plan\n  assay plan +checked\n  assay plan --explain");
  verb.OnCall(context, [&context, options] { return Plan(context, *options); });
}

}  // namespace

VerbKind plan_verb() { return {.name = "plan", .add = Add}; }

}  // namespace assay::cli
