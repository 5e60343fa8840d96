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
    case Action::kFuse:
      return "fuse";
    case Action::kLeave:
      return "leave";
    case Action::kRefuse:
      return "refuse";
    case Action::kSkip:
      break;
  }
  return "skip";
}

bool Plan::nothing_to_do() const {
  return std::all_of(decisions.begin(), decisions.end(), [](const Decision& decision) {
    return (decision.action == Action::kCached && decision.verdict != "fail") ||
           decision.action == Action::kSkip || decision.action == Action::kLeave ||
           decision.action == Action::kFuse;
  });
}

namespace {

// What stops a node before its fingerprint is known, else nothing: then `resolved` has the content
// of its inputs and `evidence` what they rest on.
Result<std::optional<Decision>> TakeInputs(const Node& node, const Progress& progress,
                                           bool is_selected, Resolved& resolved,
                                           std::vector<std::string>& evidence) {
  Decision decision;
  bool waits = false;
  for (const Input& input : node.inputs) {
    const Progress::State& state = progress.states[input.node];
    const bool stops_here = !state.stopped.empty() && !(state.outputs && input.output == "refused");
    if (stops_here) {
      decision.action = !state.left   ? Action::kSkip
                        : is_selected ? Action::kRefuse
                                      : Action::kLeave;
      decision.reason = state.stopped;
      return std::optional(std::move(decision));
    }
    if (!state.outputs) {
      decision.action = Action::kWait;
      decision.reason = "waits for " + input.name;
      waits = true;
      continue;
    }
    const auto content = state.outputs->find(input.output);
    if (content == state.outputs->end()) {
      return Error{ErrorCode::kInternal, "no content id of input: " + input.name, ""};
    }
    resolved.inputs.push_back(content->second);
    evidence.push_back(state.evidence);
  }
  if (waits) return std::optional(std::move(decision));
  return std::optional<Decision>();
}

std::string ReadersOf(const Graph& graph, NodeId id) {
  std::string names;
  for (const Node& node : graph.nodes) {
    const bool reads = std::any_of(node.inputs.begin(), node.inputs.end(),
                                   [&](const Input& input) { return input.node == id; });
    if (reads) names += (names.empty() ? "" : ", ") + node.name;
  }
  return names;
}

Result<std::string> ReasonToRun(const Node& node, const std::string& manifest,
                                const Lookups& lookups) {
  TRY_ASSIGN(const auto newest, lookups.newest_manifest(node.name));
  if (!newest) return std::string("never ran");
  if (*newest == manifest) return std::string("its result is gone");
  return ExplainDifference(*newest, manifest, node);
}

}  // namespace

Result<Decision> Decide(const Graph& graph, NodeId id, const Resolved& files,
                        const Progress& progress, std::string_view engine, const Lookups& lookups,
                        const Wish& wish) {
  const Node& node = graph.nodes[id];
  const bool is_selected = wish.Selects(id);
  Resolved resolved = files;
  std::vector<std::string> evidence;
  TRY_ASSIGN(auto stopped, TakeInputs(node, progress, is_selected, resolved, evidence));
  if (stopped && stopped->action == Action::kWait && node.fused) {
    stopped->action = Action::kFuse;
    stopped->reason = "computed by " + ReadersOf(graph, id);
  }
  if (stopped) return std::move(*stopped);

  Decision decision;
  decision.manifest = ManifestText(node, resolved, engine);
  decision.fingerprint = Fingerprint(decision.manifest);
  if (node.fused) {
    decision.evidence = Evidence(node, resolved, decision.fingerprint, evidence);
    decision.action = Action::kFuse;
    decision.reason = "computed by " + ReadersOf(graph, id);
    return decision;
  }
  TRY_ASSIGN(auto known, lookups.result(node, decision.fingerprint));
  decision.evidence = Evidence(node, resolved, decision.fingerprint, evidence);
  if (known && is_selected && wish.force) {
    decision.reason = "forced";
    return decision;
  }
  const bool same_evidence =
      known && (node.type != NodeType::kDataset || known->evidence == decision.evidence);
  if (same_evidence) {
    decision.action = Action::kCached;
    decision.verdict = known->verdict;
    decision.reason = known->judged_again ? "nothing changed but the time: now " + known->verdict
                                          : "nothing changed";
    decision.known = std::move(known);
    return decision;
  }
  if (known) {
    decision.reason = "same rows; what they rest on changed";
  } else {
    TRY_ASSIGN(decision.reason, ReasonToRun(node, decision.manifest, lookups));
  }
  if (!is_selected) decision.action = Action::kLeave;
  return decision;
}

Progress::State StateOfFused(const Decision& decision) {
  Progress::State state;
  state.evidence = decision.evidence;
  // Stands where the content id of written rows would: it tells all that the rows depend on.
  state.outputs.emplace()[""] = "fused " + decision.fingerprint;
  return state;
}

Progress::State StateOfStopped(const Node& node, const Decision& decision) {
  Progress::State state;
  state.left = decision.action == Action::kLeave;
  state.stopped = decision.reason;
  // Without a fingerprint it is left because of another, which is told already.
  if (state.left && !decision.fingerprint.empty()) {
    state.stopped = node.name + " is not up to date (" + decision.reason + ")";
  }
  return state;
}

Progress::State StateAfter(const Node& node, const Decision& decision, const Known& known) {
  Progress::State state;
  state.evidence = decision.evidence;
  state.outputs = known.outputs;
  if (known.verdict == "fail") state.stopped = "gate " + node.name + " failed";
  return state;
}

Result<Plan> MakePlan(const Graph& graph, const std::vector<Resolved>& files,
                      std::string_view engine, const Lookups& lookups, const Wish& wish) {
  Plan plan;
  Progress progress;
  progress.states.resize(graph.nodes.size());
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    TRY_ASSIGN(Decision decision, Decide(graph, id, files[id], progress, engine, lookups, wish));
    if (decision.known) {
      progress.states[id] = StateAfter(node, decision, *decision.known);
    } else if (decision.action == Action::kFuse) {
      // Without a fingerprint it waits itself, and what reads it waits for it.
      if (!decision.fingerprint.empty()) progress.states[id] = StateOfFused(decision);
    } else if (decision.action != Action::kRun && decision.action != Action::kWait) {
      progress.states[id] = StateOfStopped(node, decision);
    }
    plan.decisions.push_back(std::move(decision));
  }
  return plan;
}

}  // namespace assay::plan
