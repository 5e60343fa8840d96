#include "run/runner.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "contract/number_text.h"
#include "gate/gate.h"
#include "run/budget.h"
#include "run/crew.h"
#include "run/dataset.h"
#include "run/execute.h"
#include "run/journal.h"
#include "run/pieces.h"
#include "run/prepared.h"
#include "store/lock.h"

namespace assay::run {
namespace {

using plan::Action;
using plan::Decision;
using plan::Node;
using plan::NodeId;
using plan::NodeType;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{50};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

enum class Stage {
  kOpen,     // what it reads is not there yet
  kReady,    // to be computed
  kWaiting,  // to be computed again, at its time
  kRunning,
  kDone,  // nothing more is to be done, whatever came of it
};

// The moment at which ages are judged; nothing for now.
std::optional<std::int64_t> AsOfMicros(const RunRequest& request) {
  if (request.as_of.empty()) return std::nullopt;
  return contract::TimeMicros(request.as_of);
}

// What a person asked for, as far as they did.
Json RequestJson(const RunRequest& request) {
  Json json = Json::object();
  if (!request.selection.nodes.empty()) json["nodes"] = request.selection.nodes;
  if (!request.selection.until.empty()) json["until"] = request.selection.until;
  if (!request.selection.labels.empty()) json["select"] = request.selection.labels;
  if (request.force) json["force"] = true;
  if (request.frozen) json["frozen"] = true;
  if (request.jobs > 0) json["jobs"] = request.jobs;
  if (!request.as_of.empty()) json["as_of"] = request.as_of;
  if (!request.parts.empty()) json["parts"] = request.parts;
  if (!request.message.empty()) json["message"] = request.message;
  return json;
}

Result<Narrowing> NarrowingOf(const RunRequest& request, const Prepared& prepared) {
  Narrowing narrowing;
  narrowing.before = request.as_of;
  if (!request.parts.empty()) {
    const std::size_t dots = request.parts.find("..");
    narrowing.first = request.parts.substr(0, dots);
    narrowing.last = dots == std::string::npos ? narrowing.first : request.parts.substr(dots + 2);
  }
  const auto& sources = prepared.project.sources;
  const bool any = std::any_of(sources.begin(), sources.end(), [&](const auto& source) {
    return source.partition && !narrowing.TextFor(*source.partition).empty();
  });
  if (narrowing.empty() || any) return narrowing;
  return Error{
      ErrorCode::kUser,
      request.parts.empty()
          ? "no source has parts by date, so no row is known to be before: " + request.as_of
          : "no source has parts: " + request.parts,
      "write `partition: month(COLUMN)` at a source"};
}

TableNote NoteOf(const std::string& name, const store::Table& table) {
  TableNote note{name, table.content_id, table.rows, 0};
  for (const store::FileRef& file : table.files) note.bytes += file.bytes;
  return note;
}

// A node of the run.
struct NodeState {
  Stage stage = Stage::kOpen;
  bool is_left = false;  // not selected, and not told of
  Decision decision;
  NodeReport report;
  NodeOutput output;
  NodeInputs inputs;
  std::shared_ptr<const FusedStep> fused;
  // While it is computed.
  Share share;
  bool alone = false;  // with the whole machine
  std::int64_t tried = 0;
  Clock::time_point due;
  bool timed_out = false;
  std::vector<Piece> pieces;
  // Left by its work.
  Executed executed;
  BuiltVersion built;
  std::optional<DatasetReport> dataset;
};

class Runner {
 public:
  Runner(Session& session, const RunRequest& request, RunObserver& observer, Prepared prepared,
         Files files, plan::Wish wish, Narrowing narrowing)
      : session_(session),
        request_(request),
        observer_(observer),
        prepared_(std::move(prepared)),
        files_(std::move(files)),
        wish_(std::move(wish)),
        narrowing_(std::move(narrowing)),
        journal_(session, RequestJson(request), AsOfMicros(request)),
        lookups_(CatalogLookups(session, journal_.now(), &found_)),
        budget_({request.jobs, session.options().threads, session.options().memory_bytes}),
        crew_(session.folder(), session.objects(), session.clock()),
        nodes_(prepared_.graph.nodes.size()) {
    progress_.states.resize(nodes_.size());
  }

  Result<RunReport> Run();

 private:
  const Node& NodeOf(NodeId id) const { return prepared_.graph.nodes[id]; }

  Status Walk();
  Status Advance();
  void NameReport(NodeId id);
  Status Look(NodeId id);
  Status Follow(NodeId id);
  Status TakeCached(NodeId id);
  Status TakeUnchangedDataset(NodeId id, const NodeOutput& output);
  Status TakeFused(NodeId id);
  Result<bool> CommitAgain(NodeId id);
  Status TakeInputs(NodeId id);

  Status StartReady();
  void Start(NodeId id, std::uint64_t beside);
  Work WorkOf(NodeId id);
  Work WorkOfPieces(NodeId id);
  Status FindPieces(NodeId id);
  std::uint64_t BytesOf(NodeId id) const;

  Status Finish(Finished finished);
  Status Keep(NodeId id);
  Status Commit(NodeId id, BuiltVersion built);
  Status TryAgainOrFail(NodeId id, Error error);
  Status Fail(NodeId id, Error error);
  Status Cancelled(NodeId id);
  CommitContext ContextOf(NodeId id) const;
  void Describe(NodeId id);
  void Done(NodeId id);
  void Tell(NodeId id, const std::string& text);
  void NoteOutputs(NodeId id, const NodeOutput& output);
  void Watch();
  void LeaveRest();
  std::optional<Error> FrozenError(const Node& node, const Decision& decision) const;

  Session& session_;
  const RunRequest& request_;
  RunObserver& observer_;
  const Prepared prepared_;
  const Files files_;
  const plan::Wish wish_;
  const Narrowing narrowing_;
  Journal journal_;
  FoundOutputs found_;
  const plan::Lookups lookups_;
  Budget budget_;
  Crew crew_;
  std::vector<NodeState> nodes_;  // by NodeId
  plan::Progress progress_;
  bool stopping_ = false;
  bool thawed_ = false;  // --frozen, and a source is not what it was
};

// ---- deciding ----

// Sources are looked at before anything else; with --frozen a change stops all.
Status Runner::Advance() {
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

void Runner::NameReport(NodeId id) {
  const Node& node = NodeOf(id);
  NodeReport& report = nodes_[id].report;
  report.name = node.name;
  report.type = NodeTypeText(node.type);
  report.kind = node.kind;
  report.place = id;
}

Status Runner::Look(NodeId id) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NameReport(id);
  if (files_.errors[id]) {
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

std::optional<Error> Runner::FrozenError(const Node& node, const Decision& decision) const {
  if (!request_.frozen || node.type != NodeType::kSource || decision.action == Action::kCached) {
    return std::nullopt;
  }
  return Error{ErrorCode::kUser, "--frozen, and it is not as it was: " + decision.reason,
               "run without --frozen to take the change in"};
}

// What follows from a decision.
Status Runner::Follow(NodeId id) {
  NodeState& state = nodes_[id];
  state.report.reason = state.decision.reason;
  if (auto changed = FrozenError(NodeOf(id), state.decision)) {
    thawed_ = true;
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

Status Runner::TakeInputs(NodeId id) {
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

Status Runner::TakeUnchangedDataset(NodeId id, const NodeOutput& output) {
  const Node& node = NodeOf(id);
  DatasetReport dataset{node.name, output.version, output.commit, "", "unchanged", "", {}};
  TRY_ASSIGN(dataset.ref, session_.catalog().VersionNumber(node.name, output.version));
  nodes_[id].dataset = std::move(dataset);
  return {};
}

Status Runner::TakeCached(NodeId id) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  auto found = found_.extract(state.decision.fingerprint);
  if (found.empty()) {
    return Error{ErrorCode::kInternal, "a cached result is gone: " + node.name, ""};
  }
  NodeOutput& output = found.mapped();
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
  } else {
    state.is_left = true;
  }
  Done(id);
  return {};
}

// Nothing is computed here; what reads the node does.
Status Runner::TakeFused(NodeId id) {
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

// ---- computing ----

// How much a node reads, as a guess of how much memory it wants.
std::uint64_t Runner::BytesOf(NodeId id) const {
  std::uint64_t bytes = 0;
  for (const store::Receipt& receipt : files_.sources[id].receipts) bytes += receipt.bytes;
  for (const store::Table* table : StoredTables(nodes_[id].inputs)) {
    for (const store::FileRef& file : table->files) bytes += file.bytes;
  }
  return bytes;
}

// The result goes into the node's state, which nobody else looks at until the crew says that it has
// ended.
Work Runner::WorkOf(NodeId id) {
  if (!nodes_[id].pieces.empty()) return WorkOfPieces(id);
  return [this, id](Workspace& workspace) -> Status {
    const Node& node = NodeOf(id);
    const contract::Project& project = prepared_.project;
    NodeState& state = nodes_[id];
    switch (node.type) {
      case NodeType::kSource: {
        TRY_ASSIGN(state.executed,
                   ExecuteSource(workspace, project.sources[node.declared], files_.sources[id]));
        return {};
      }
      case NodeType::kStep: {
        TRY_ASSIGN(state.executed,
                   ExecuteStep(workspace, project.steps[node.declared], state.inputs));
        return {};
      }
      case NodeType::kGate: {
        TRY_ASSIGN(state.executed, ExecuteGate(workspace, project.gates[node.declared],
                                               state.inputs, journal_.now()));
        return {};
      }
      case NodeType::kDataset: {
        TRY_ASSIGN(state.built, BuildVersion(workspace, project.datasets[node.declared],
                                             state.inputs.at(0).table, state.report.warnings));
        return {};
      }
    }
    return {};
  };
}

// Only pieces that no earlier run left are computed.
Work Runner::WorkOfPieces(NodeId id) {
  return [this, id](Workspace& workspace) -> Status {
    const Node& node = NodeOf(id);
    const contract::Project& project = prepared_.project;
    NodeState& state = nodes_[id];
    for (Piece& piece : state.pieces) {
      if (piece.kept) continue;
      if (node.type == NodeType::kStep) {
        TRY_ASSIGN(piece.made, ExecuteStep(workspace, project.steps[node.declared], piece.inputs));
        continue;
      }
      const contract::Declared& source = project.sources[node.declared];
      TRY_ASSIGN(piece.made, ExecuteSource(workspace, source, piece.files));
      store::Table& table = piece.made.output.outputs[""];
      TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
      TRY_ASSIGN(table, CutIntoParts(workspace, *engine, *source.partition, piece.name, table,
                                     source.name));
    }
    TRY_ASSIGN(state.executed, UnitePieces(node, state.pieces));
    if (node.type != NodeType::kSource || narrowing_.empty()) return {};
    const contract::Declared& source = project.sources[node.declared];
    store::Table& table = state.executed.output.outputs[""];
    TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
    TRY_ASSIGN(table,
               Narrow(workspace, *engine, *source.partition, narrowing_, table, source.name));
    state.executed.rows_out = table.rows;
    return {};
  };
}

// The pieces of a node, those that an earlier run left with what it left.
Status Runner::FindPieces(NodeId id) {
  NodeState& state = nodes_[id];
  TRY_ASSIGN(state.pieces,
             PiecesOf(NodeOf(id), files_.sources[id], files_.resolved[id], state.inputs));
  for (Piece& piece : state.pieces) {
    if (wish_.force && wish_.Selects(id)) break;
    TRY_ASSIGN(piece.kept, FindOutput(session_, piece.fingerprint, journal_.now()));
  }
  return {};
}

void Runner::Start(NodeId id, std::uint64_t beside) {
  NodeState& state = nodes_[id];
  state.share = state.alone ? budget_.TakeAll() : budget_.Take(BytesOf(id), beside);
  state.stage = Stage::kRunning;
  state.timed_out = false;
  state.report.warnings.clear();
  ++state.tried;
  state.report.started_at = UtcText(session_.clock().NowMicros());
  Tell(id, "started with at most " + std::to_string(state.share.threads) +
               (state.share.threads == 1 ? " thread" : " threads") + " and " +
               std::to_string(state.share.memory_bytes / 1'000'000) + " MB of memory");
  observer_.NodeStarted(state.report.name, id, nodes_.size());
  crew_.Start(id, state.share, WorkOf(id));
}

Status Runner::StartReady() {
  if (stopping_ || thawed_) return {};
  std::vector<NodeId> ready;
  std::uint64_t bytes = 0;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    NodeState& state = nodes_[id];
    if (state.stage == Stage::kRunning && state.alone) return {};
    const bool due = state.stage == Stage::kWaiting && state.due <= Clock::now();
    if (state.stage != Stage::kReady && !due) continue;
    ready.push_back(id);
    bytes += BytesOf(id);
  }
  for (const NodeId id : ready) {
    const bool fits = nodes_[id].alone ? budget_.running() == 0 : budget_.HasRoom();
    if (!fits) break;
    TRY(journal_.Start());
    bytes -= BytesOf(id);
    Start(id, bytes);
    if (nodes_[id].alone) break;
  }
  return {};
}

// ---- what became of it ----

void Runner::Done(NodeId id) {
  NodeState& state = nodes_[id];
  state.stage = Stage::kDone;
  state.inputs.clear();
  if (!state.is_left) observer_.NodeFinished(state.report, id, nodes_.size());
}

void Runner::Tell(NodeId id, const std::string& text) {
  nodes_[id].report.log.push_back({UtcText(session_.clock().NowMicros()), text});
}

void Runner::NoteOutputs(NodeId id, const NodeOutput& output) {
  for (const auto& [name, table] : output.outputs) {
    nodes_[id].report.outputs.push_back(NoteOf(name, table));
  }
}

void Runner::Describe(NodeId id) {
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  const Executed& done = state.executed;
  report.rows_in = done.rows_in;
  report.rows_out = done.rows_out;
  report.rows_refused = done.rows_refused;
  report.warnings = done.warnings;
  if (!done.note.empty()) report.reason += "; " + done.note;
  if (done.output.verdict.is_object()) {
    report.verdict_body = done.output.verdict;
    report.verdict = done.output.verdict.value("verdict", "");
  }
}

Status Runner::Keep(NodeId id) {
  NodeState& state = nodes_[id];
  Describe(id);
  NoteOutputs(id, state.executed.output);
  TRY(journal_.Ran(state.decision, NodeOf(id), state.executed, state.pieces,
                   files_.sources[id].receipts, state.report));
  progress_.states[id] = StateAfter(NodeOf(id), state.decision, KnownOf(state.executed.output));
  state.output = std::move(state.executed.output);
  Done(id);
  return {};
}

// Verdicts, sources and fingerprints of everything before a node.
CommitContext Runner::ContextOf(NodeId id) const {
  CommitContext context;
  context.run = journal_.run();
  context.fingerprint = nodes_[id].decision.fingerprint;
  context.message = request_.message;
  for (const auto& [path, text] : prepared_.project.files) context.files[path] = text;
  const std::vector<bool> before = plan::WithAllBefore(prepared_.graph, id);
  for (NodeId at = 0; at <= id; ++at) {
    if (!before[at]) continue;
    const Node& node = NodeOf(at);
    if (at != id) context.nodes[node.name] = nodes_[at].decision.fingerprint;
    if (node.type == NodeType::kSource) {
      const contract::Declared& source = prepared_.project.sources[node.declared];
      context.sources.push_back(
          {source.name, source.kind, source.license, files_.sources[at].receipts});
    }
    if (node.type == NodeType::kGate) context.gates.push_back(nodes_[at].output.verdict);
  }
  return context;
}

Status Runner::Commit(NodeId id, BuiltVersion built) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  report.rows_in = state.inputs.at(0).table.rows;
  report.rows_out = report.rows_in;
  if (!built.verdicts.empty()) {
    report.verdict_body = built.verdicts.back();
    report.verdict = report.verdict_body.value("verdict", "");
  }
  if (built.failed) {
    report.rows_out = 0;
    return journal_.Refused(state.decision, node, report);
  }
  CommitContext context = ContextOf(id);
  for (Json& verdict : built.verdicts) context.gates.push_back(std::move(verdict));
  TRY_ASSIGN(const CommittedVersion made,
             StoreCommit(session_, prepared_.project, prepared_.project.datasets[node.declared],
                         std::move(built.commit), context));
  return journal_.Committed(state.decision, prepared_.project, node, made, report,
                            state.dataset.emplace());
}

// A version made before from the same rows is committed again without touching them; false where
// there is none.
Result<bool> Runner::CommitAgain(NodeId id) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  if (node.type != NodeType::kDataset || wish_.force) return false;
  TRY_ASSIGN(const auto before, FindOutput(session_, state.decision.fingerprint, journal_.now()));
  if (!before || before->commit.empty()) return false;
  const auto start = Clock::now();
  TRY(journal_.Start());
  observer_.NodeStarted(node.name, id, nodes_.size());
  state.report.status = "ran";
  const Status committed = [&]() -> Status {
    BuiltVersion built;
    TRY_ASSIGN(built.commit, ReadCommit(session_.objects(), before->commit));
    built.verdicts = OwnVerdicts(built.commit, node.name);
    state.report.seconds = SecondsSince(start);
    return Commit(id, std::move(built));
  }();
  if (!committed.ok()) {
    TRY(Fail(id, committed.error()));
  } else {
    Done(id);
  }
  return true;
}

// What the environment did may be gone the next time; SQL and data give the same answer again.
Status Runner::TryAgainOrFail(NodeId id, Error error) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  if (state.timed_out) {
    error = {
        ErrorCode::kIo,
        "it was stopped, for it took longer than its timeout of " + node.execution.timeout->text,
        "give it more time with `timeout`, or look at what it waits for"};
  }
  if (engine::IsOutOfMemory(error) && !budget_.IsAll(state.share)) {
    const std::string told = "its share of the memory was too small; again, alone, with all";
    Tell(id, told);
    observer_.NodeTold(node.name, told);
    state.alone = true;
    state.stage = Stage::kReady;
    return {};
  }
  if (error.code != ErrorCode::kIo || state.tried > node.execution.retries) {
    return Fail(id, std::move(error));
  }
  const auto doubled = std::min<std::int64_t>(state.tried - 1, 20);
  const std::int64_t seconds = node.execution.retry_wait.seconds << doubled;
  observer_.NodeTold(node.name, error.message + "; again in " + contract::DurationWords(seconds) +
                                    ", attempt " + std::to_string(state.tried + 1) + " of " +
                                    std::to_string(node.execution.retries + 1));
  state.due = Clock::now() + std::chrono::seconds(seconds);
  state.stage = Stage::kWaiting;
  return {};
}

Status Runner::Fail(NodeId id, Error error) {
  const Node& node = NodeOf(id);
  NodeState& state = nodes_[id];
  NodeReport& report = state.report;
  report.status = "failed";
  report.exit = ExitStatus(error.code);
  // The files of a source have a place of their own, which stands there already.
  report.error = files_.errors[id] ? error.message
                                   : PlaceText(node.place) + ": " + report.type + " `" + node.name +
                                         "`: " + error.message;
  report.hint = error.hint;
  if (report.hint.empty() && error.message.find("/.assay/objects/") != std::string::npos) {
    report.hint =
        "an object of the store is damaged or missing: `assay dataset verify` tells which";
  }
  progress_.states[id] = {};
  progress_.states[id].stopped = node.name + " failed";
  TRY(journal_.Stopped(state.decision.fingerprint, report));
  Done(id);
  return {};
}

Status Runner::Cancelled(NodeId id) {
  NodeState& state = nodes_[id];
  state.report.status = "cancelled";
  state.report.reason = "the run was cancelled";
  progress_.states[id] = {};
  progress_.states[id].stopped = "the run was cancelled";
  TRY(journal_.Stopped(state.decision.fingerprint, state.report));
  Done(id);
  return {};
}

Status Runner::Finish(Finished finished) {
  const NodeId id = finished.node;
  NodeState& state = nodes_[id];
  budget_.GiveBack(state.share);
  state.report.seconds = finished.seconds;
  state.report.attempts = static_cast<int>(state.tried);
  state.report.peak_buffer_bytes = finished.peak_buffer_bytes;
  state.report.engine = finished.engine;
  if (!finished.status.ok()) {
    if (stopping_ && finished.status.error().code == ErrorCode::kCancelled) return Cancelled(id);
    return TryAgainOrFail(id, std::move(finished.status).error());
  }
  state.report.status = "ran";
  if (NodeOf(id).type != NodeType::kDataset) return Keep(id);
  if (const Status kept = Commit(id, std::move(state.built)); !kept.ok()) {
    return Fail(id, kept.error());
  }
  Done(id);
  return {};
}

// ---- meanwhile ----

// Stops what is to be stopped, and says how far the rest is.
void Runner::Watch() {
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

Status Runner::Walk() {
  while (true) {
    TRY(Advance());
    TRY(StartReady());
    const bool waits = !stopping_ && !thawed_ &&
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

// What was not begun when the run was stopped.
void Runner::LeaveRest() {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    NodeState& state = nodes_[id];
    if (state.stage == Stage::kDone) continue;
    NameReport(id);
    state.report.status = thawed_ ? "skipped" : "cancelled";
    state.report.reason = thawed_ ? "a source is not as it was" : "the run was cancelled";
    state.is_left = !wish_.Selects(id);
    if (!state.is_left) journal_.Note(state.decision.fingerprint, state.report);
    Done(id);
  }
}

Result<RunReport> Runner::Run() {
  const auto start = Clock::now();
  RunReport report;
  report.run = journal_.run();
  if (Status status = Walk(); !status.ok()) {
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

}  // namespace

Result<RunReport> RunProject(Session& session, const RunRequest& request,
                             contract::Diagnostics& diagnostics, RunObserver& observer) {
  // A project that cannot be read makes no store.
  std::error_code error;
  if (!std::filesystem::exists(session.folder() / "assay.yaml", error)) {
    (void)contract::LoadProject(session.folder(), {}, diagnostics);
    return diagnostics.ToError();
  }
  TRY(session.objects().Create());
  TRY_ASSIGN(const store::Lock lock, store::Lock::Take(session.root(), "run", session.clock()));
  TRY(session.CreateStore());
  TRY(session.objects().EmptyStaging());
  TRY_ASSIGN(auto prepared, Prepare(session, diagnostics));
  if (!prepared) return diagnostics.ToError();
  plan::Wish wish;
  wish.force = request.force;
  TRY_ASSIGN(wish.selected, SelectNodes(prepared->graph, request.selection));
  TRY_ASSIGN(Narrowing narrowing, NarrowingOf(request, *prepared));
  Files files = FindFiles(session, *prepared);
  for (NodeId id = 0; id < prepared->graph.nodes.size(); ++id) {
    const Node& node = prepared->graph.nodes[id];
    if (node.type == NodeType::kSource && node.parts) {
      files.resolved[id].narrowed = narrowing.TextFor(*node.parts);
    }
  }
  session.CloseEngines();  // the nodes have their own, and all the memory
  return Runner(session, request, observer, std::move(*prepared), std::move(files), std::move(wish),
                std::move(narrowing))
      .Run();
}

}  // namespace assay::run
