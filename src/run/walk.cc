#include "run/walk.h"

#include <algorithm>
#include <utility>

#include "gate/gate.h"

namespace assay::run {
namespace {

using plan::Action;
using plan::Decision;
using plan::Node;
using plan::NodeId;
using plan::NodeType;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{50};

// What a person asked for, as far as they did.
Json RequestJson(const RunRequest& request, const std::string& environment) {
  Json json = Json::object();
  if (!environment.empty()) json["env"] = environment;
  if (!request.selection.nodes.empty()) json["nodes"] = request.selection.nodes;
  if (!request.selection.until.empty()) json["until"] = request.selection.until;
  if (!request.selection.labels.empty()) json["select"] = request.selection.labels;
  if (request.force) json["force"] = true;
  if (request.frozen) json["frozen"] = true;
  if (request.jobs > 0) json["jobs"] = request.jobs;
  if (!request.as_of.empty()) json["as_of"] = request.as_of;
  if (request.parts) json["parts"] = *request.parts;
  if (!request.message.empty()) json["message"] = request.message;
  return json;
}

}  // namespace

Walk::Walk(Session& session, const RunRequest& request, RunObserver& observer, Prepared prepared,
           Files files, Loads loads, plan::Wish wish, Narrowing narrowing, KeptOutputs& kept)
    : session_(session),
      request_(request),
      observer_(observer),
      prepared_(std::move(prepared)),
      files_(std::move(files)),
      loads_(std::move(loads)),
      wish_(std::move(wish)),
      narrowing_(std::move(narrowing)),
      journal_(session, RequestJson(request, session.options().environment), narrowing_.before),
      kept_(kept),
      lookups_(CatalogLookups(session, journal_.now(), kept)),
      budget_({request.jobs, session.options().threads, session.options().memory_bytes}),
      nodes_(prepared_.graph.nodes.size()),
      crew_(session.folder(), session.objects(), session.clock()) {
  progress_.states.resize(nodes_.size());
}

Result<RunReport> Walk::Run() {
  const auto start = SteadyClock::now();
  RunReport report;
  report.run = journal_.run();
  report.environment = prepared_.project.environment;
  if (Status status = Go(); !status.ok()) {
    // Nothing runs unrecorded, not even what ends here.
    (void)journal_.End("failed", ExitStatus(status.error().code)).ok();
    return std::move(status).error();
  }
  for (NodeState& state : nodes_) {
    if (!state.is_left) report.nodes.push_back(std::move(state.report));
    if (state.dataset) report.datasets.push_back(std::move(*state.dataset));
  }
  Conclude(report);
  report.seconds = SecondsSince(start);
  TRY(journal_.End(report.status, report.exit));
  return report;
}

Status Walk::Go() {
  while (true) {
    TRY(Advance());
    if (!followed_ && SourcesAreRead()) TRY(FollowColumns());
    TRY(StartReady());
    const bool waits = !stopping_ && ended_.empty() &&
                       std::any_of(nodes_.begin(), nodes_.end(), [](const NodeState& state) {
                         return state.stage == Stage::kWaiting;
                       });
    if (crew_.running().empty() && !waits) break;
    if (auto finished = crew_.Wait(kTick)) TRY(Finish(std::move(*finished)));
    Watch();
  }
  LeaveRest();
  return {};
}

// ---- deciding ----

// Sources are looked at before anything else; with --frozen a change stops all.
Status Walk::Advance() {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (nodes_[id].stage != Stage::kOpen) continue;
    const auto& inputs = NodeOf(id).inputs;
    const bool settled = std::all_of(inputs.begin(), inputs.end(), [&](const plan::Input& input) {
      return nodes_[input.node].stage == Stage::kDone;
    });
    if (settled) TRY(Look(id));
  }
  return {};
}

void Walk::NameReport(NodeId id) {
  const Node& node = NodeOf(id);
  NodeReport& report = nodes_[id].report;
  report.name = node.name;
  report.type = NodeTypeText(node.type);
  report.kind = node.kind;
  report.place = id;
  // What it reads is told of nodes, too, that never come to it.
  if (!report.inputs.empty()) return;
  for (const plan::Input& input : node.inputs) report.inputs.push_back({input.name, "", 0, 0});
}

Status Walk::Look(NodeId id) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NameReport(id);
  if (const auto told = loads_.log.find(node.name); told != loads_.log.end()) {
    state.report.log = told->second;
  }
  if (files_.errors[id]) {
    if (files_.errors[id]->code == ErrorCode::kCancelled) return Cancelled(id);
    if (!wish_.Selects(id)) {
      state.is_left = true;
      progress_.states[id].stopped = "the files of " + node.name + " cannot be had";
      state.stage = Stage::kDone;
      return {};
    }
    state.report.reason = "its files cannot be had";
    return Fail(id, *files_.errors[id]);
  }
  if (node.type == NodeType::kDataset && narrowing_.has_range()) {
    state.decision.action = Action::kSkip;
    state.decision.reason = "a dataset is made of all parts";
    return Follow(id);
  }
  TRY_ASSIGN(state.decision, Decide(prepared_.graph, id, files_.resolved[id], progress_,
                                    engine::kEngineMajor, lookups_, wish_));
  return Follow(id);
}

std::optional<Error> Walk::FrozenError(const Node& node, const Decision& decision) const {
  if (!request_.frozen || node.type != NodeType::kSource || decision.action == Action::kCached) {
    return std::nullopt;
  }
  return Error{ErrorCode::kUser,
               "--frozen allows no change, and it is not as it was: " + decision.reason,
               "run without --frozen to take the change in"};
}

// What follows from a decision.
Status Walk::Follow(NodeId id) {
  NodeState& state = nodes_[id];
  state.report.reason = state.decision.reason;
  if (auto changed = FrozenError(NodeOf(id), state.decision)) {
    ended_ = "a source is not as it was";
    TRY(Fail(id, std::move(*changed)));
    state.report.exit = 1;
    return {};
  }
  switch (state.decision.action) {
    case Action::kCached:
      return TakeCached(id);
    case Action::kRun: {
      TRY(TakeInputs(id));
      TRY_ASSIGN(const bool committed, CommitAgain(id));
      if (committed) return {};
      TRY(FindPieces(id));
      state.stage = Stage::kReady;
      return {};
    }
    case Action::kRefuse: {
      progress_.states[id] = StateOfStopped(NodeOf(id), state.decision);
      return Fail(id, {ErrorCode::kUser, state.decision.reason,
                       "run `assay run +" + NodeOf(id).name + "`, with all before it"});
    }
    case Action::kFuse:
      return TakeFused(id);
    case Action::kLeave:
      state.is_left = true;
      break;
    case Action::kSkip:
    case Action::kWait:
      state.is_left = !wish_.Selects(id);
      state.report.status = "skipped";
      if (!state.is_left) journal_.Note(state.decision.fingerprint, state.report);
  }
  progress_.states[id] = StateOfStopped(NodeOf(id), state.decision);
  Done(id);
  return {};
}

Status Walk::TakeInputs(NodeId id) {
  nodes_[id].report.inputs.clear();
  for (const plan::Input& input : NodeOf(id).inputs) {
    if (nodes_[input.node].fused != nullptr) {
      nodes_[id].inputs.push_back({input.name, {}, nodes_[input.node].fused});
      nodes_[id].report.inputs.push_back({input.name, "", 0, 0});
      continue;
    }
    const auto& outputs = nodes_[input.node].output.outputs;
    const auto found = outputs.find(input.output);
    if (found == outputs.end()) {
      return Error{ErrorCode::kInternal, "no table of input: " + input.name, ""};
    }
    nodes_[id].inputs.push_back({input.name, found->second, nullptr});
    nodes_[id].report.inputs.push_back(NoteOf(input.name, found->second));
  }
  return {};
}

Status Walk::TakeUnchangedDataset(NodeId id, const NodeOutput& output) {
  const Node& node = NodeOf(id);
  DatasetReport dataset{node.name, output.version, output.commit, "", "unchanged", "", {}};
  TRY_ASSIGN(dataset.ref, session_.catalog().VersionNumber(node.name, output.version));
  nodes_[id].dataset = std::move(dataset);
  return {};
}

Status Walk::TakeCached(NodeId id) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  std::optional<NodeOutput> kept = kept_.Take(state.decision.fingerprint);
  if (!kept) return Error{ErrorCode::kInternal, "a cached result is gone: " + node.name, ""};
  NodeOutput& output = *kept;
  report.status = "cached";
  if (node.type == NodeType::kGate) {
    gate::NameOwners(prepared_.project.gates[node.declared], output.verdict);
  }
  report.verdict = state.decision.verdict;
  report.verdict_body = output.verdict;
  if (output.judged_again) journal_.NoteVerdict(output.verdict);
  TRY(TakeInputs(id));
  // What a gate compares with does not go through it.
  if (node.type == NodeType::kGate) state.inputs.resize(1);
  for (const store::Table* table : StoredTables(state.inputs)) report.rows_in += table->rows;
  const auto passed = output.outputs.find("");
  if (passed != output.outputs.end()) report.rows_out = passed->second.rows;
  if (node.type == NodeType::kDataset) report.rows_out = report.rows_in;
  if (output.verdict.is_object()) {
    report.rows_refused = output.verdict.value("refused", std::uint64_t{0});
  }
  if (node.type == NodeType::kSource) report.rows_in = report.rows_out + report.rows_refused;
  if (node.type == NodeType::kDataset && !output.commit.empty() && wish_.Selects(id)) {
    TRY(TakeUnchangedDataset(id, output));
  }
  progress_.states[id] = StateAfter(node, state.decision, KnownOf(output));
  NoteOutputs(id, output);
  state.output = std::move(output);
  if (wish_.Selects(id)) {
    journal_.Note(state.decision.fingerprint, report);
    if (const store::LoadRow* load = LoadOf(id)) journal_.NoteLoad(*load);
  } else {
    state.is_left = true;
  }
  Done(id);
  return {};
}

// Nothing is computed here; what reads the node does.
Status Walk::TakeFused(NodeId id) {
  NodeState& state = nodes_[id];
  TRY(TakeInputs(id));
  const contract::Declared& step = prepared_.project.steps[NodeOf(id).declared];
  state.fused = std::make_shared<FusedStep>(
      FusedStep{step, plan::Fingerprint(ManifestText(NodeOf(id), {}, engine::kEngineMajor)),
                std::move(state.inputs)});
  state.report.status = "fused";
  progress_.states[id] = plan::StateOfFused(state.decision);
  state.is_left = !wish_.Selects(id);
  if (!state.is_left) journal_.Note(state.decision.fingerprint, state.report);
  Done(id);
  return {};
}

// ---- meanwhile ----

// Stops what is to be stopped, and says how far the rest is.
void Walk::Watch() {
  if (!stopping_ && request_.stop && request_.stop()) stopping_ = true;
  std::vector<RunningNode> running;
  for (const NodeId id : crew_.running()) {
    const auto& timeout = NodeOf(id).execution.timeout;
    const double seconds = crew_.SecondsOf(id);
    if (timeout && seconds > static_cast<double>(timeout->seconds)) nodes_[id].timed_out = true;
    if (stopping_ || nodes_[id].timed_out) crew_.Interrupt(id);
    running.push_back({NodeOf(id).name, seconds, crew_.Progress(id)});
  }
  const auto done = std::count_if(nodes_.begin(), nodes_.end(), [](const NodeState& state) {
    return state.stage == Stage::kDone;
  });
  observer_.Working(running, static_cast<std::size_t>(done), nodes_.size());
}

// What was not begun when the run was stopped.
void Walk::LeaveRest() {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    NodeState& state = nodes_[id];
    if (state.stage == Stage::kDone) continue;
    NameReport(id);
    state.report.status = ended_.empty() ? "cancelled" : "skipped";
    state.report.reason = ended_.empty() ? "the run was cancelled" : ended_;
    state.is_left = !wish_.Selects(id);
    if (!state.is_left) journal_.Note(state.decision.fingerprint, state.report);
    Done(id);
  }
}

}  // namespace assay::run
