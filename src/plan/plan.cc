#include "plan/plan.h"

#include <algorithm>

namespace assay::plan {

std::string ActionText(Action action) {
  switch (action) {
    case Action::kCached:
      return "cached";
    case Action::kRun:
      return "run";
    case Action::kWait:
      return "wait";
    case Action::kSkip:
      break;
  }
  return "skip";
}

bool Plan::nothing_to_do() const {
  return std::all_of(decisions.begin(), decisions.end(), [](const Decision& decision) {
    return (decision.action == Action::kCached && decision.verdict != "fail") ||
           decision.action == Action::kSkip;
  });
}

Result<Decision> Decide(const Graph& graph, NodeId id, const Resolved& files,
                        const Progress& progress, std::string_view engine, const Lookups& lookups) {
  const Node& node = graph.nodes[id];
  Decision decision;
  Resolved resolved = files;
  std::vector<std::string> evidence;
  for (const Input& input : node.inputs) {
    const Progress::State& state = progress.states[input.node];
    const bool stops_here = !state.stopped.empty() && !(state.outputs && input.output == "refused");
    if (stops_here) {
      decision.action = Action::kSkip;
      decision.reason = state.stopped;
      return decision;
    }
    if (!state.outputs) {
      decision.action = Action::kWait;
      decision.reason = "waits for " + input.name;
      continue;
    }
    const auto content = state.outputs->find(input.output);
    if (content == state.outputs->end()) {
      return Error{ErrorCode::kInternal, "no content id of input: " + input.name, ""};
    }
    resolved.inputs.push_back(content->second);
    evidence.push_back(state.evidence);
  }
  if (decision.action == Action::kWait) return decision;

  decision.fingerprint = Fingerprint(node, resolved, engine);
  decision.manifest = ManifestText(node, resolved, engine);
  TRY_ASSIGN(const auto known, lookups.result(node, decision.fingerprint));
  decision.evidence = Evidence(node, resolved, decision.fingerprint, evidence);
  if (known && node.type == NodeType::kDataset && known->evidence != decision.evidence) {
    decision.reason = "same rows; what they rest on changed";
    return decision;
  }
  if (known) {
    decision.action = Action::kCached;
    decision.verdict = known->verdict;
    decision.reason = known->judged_again ? "nothing changed but the time: now " + known->verdict
                                          : "nothing changed";
    return decision;
  }
  TRY_ASSIGN(const auto newest, lookups.newest_manifest(node.name));
  decision.reason = "never ran";
  if (newest && *newest == decision.manifest) {
    decision.reason = "its result is gone";
  } else if (newest) {
    decision.reason = ExplainDifference(*newest, decision.manifest, node);
  }
  return decision;
}

Progress::State StateAfter(const Node& node, const Decision& decision, const Known& known) {
  Progress::State state;
  state.evidence = decision.evidence;
  state.outputs = known.outputs;
  if (known.verdict == "fail") state.stopped = "gate " + node.name + " failed";
  return state;
}

Result<Plan> MakePlan(const Graph& graph, const std::vector<Resolved>& files,
                      std::string_view engine, const Lookups& lookups) {
  Plan plan;
  Progress progress;
  progress.states.resize(graph.nodes.size());
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    TRY_ASSIGN(Decision decision, Decide(graph, id, files[id], progress, engine, lookups));
    if (decision.action == Action::kCached) {
      TRY_ASSIGN(const auto known, lookups.result(node, decision.fingerprint));
      if (known) progress.states[id] = StateAfter(node, decision, *known);
    } else if (decision.action == Action::kSkip) {
      progress.states[id].stopped = decision.reason;
    }
    plan.decisions.push_back(std::move(decision));
  }
  return plan;
}

}  // namespace assay::plan
