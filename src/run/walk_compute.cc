#include <algorithm>
#include <utility>

#include "run/column_follower.h"
#include "run/ledger.h"
#include "run/step_refusals.h"
#include "run/walk.h"

namespace assay::run {
namespace {

using plan::Node;
using plan::NodeId;
using plan::NodeType;
using SteadyClock = std::chrono::steady_clock;

}  // namespace

// ---- computing ----

// How much a node reads, as a guess of how much memory it wants.
std::uint64_t Walk::BytesOf(NodeId id) const {
  std::uint64_t bytes = 0;
  for (const store::Receipt& receipt : files_.sources[id].receipts) bytes += receipt.bytes;
  for (const store::Table* table : StoredTables(nodes_[id].inputs)) {
    for (const store::FileRef& file : table->files) bytes += file.bytes;
  }
  return bytes;
}

// The newest commit of a dataset, whose splits may be those of the next one. One that cannot be
// read is told when the next one is to stand on it.
std::optional<store::Commit> Walk::CommitBefore(NodeId id) {
  if (NodeOf(id).type != NodeType::kDataset || wish_.force) return std::nullopt;
  const auto head = session_.catalog().FindRef(NodeOf(id).name, "branch", "main");
  if (!head.ok() || !*head) return std::nullopt;
  auto commit = ReadCommit(session_.objects(), **head);
  return commit.ok() ? std::optional(*std::move(commit)) : std::nullopt;
}

// The result goes into the node's state, which nobody else looks at until the crew says that it has
// ended.
Work Walk::WorkOf(NodeId id) {
  if (!nodes_[id].pieces.empty()) return WorkOfPieces(id);
  const std::optional<store::Commit> before = CommitBefore(id);
  return [this, id, before](Workspace& workspace) -> Status {
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
        TRY_ASSIGN(state.executed, ExecuteStep(workspace, project.steps[node.declared],
                                               state.inputs, node.writes_ledger));
        return {};
      }
      case NodeType::kGate: {
        TRY_ASSIGN(state.executed, ExecuteGate(workspace, project.gates[node.declared],
                                               state.inputs, journal_.now()));
        return {};
      }
      case NodeType::kDataset: {
        TRY_ASSIGN(state.built,
                   BuildVersion(workspace, project.datasets[node.declared],
                                state.inputs.at(0).table, before, state.report.warnings));
        return {};
      }
    }
    return {};
  };
}

// Only pieces that no earlier run left are computed.
Work Walk::WorkOfPieces(NodeId id) {
  return [this, id](Workspace& workspace) -> Status {
    const Node& node = NodeOf(id);
    const contract::Project& project = prepared_.project;
    NodeState& state = nodes_[id];
    for (Piece& piece : state.pieces) {
      if (piece.kept) continue;
      if (node.type == NodeType::kStep) {
        TRY_ASSIGN(piece.made, ExecuteStep(workspace, project.steps[node.declared], piece.inputs,
                                           node.writes_ledger));
        continue;
      }
      if (node.type == NodeType::kGate) {
        TRY_ASSIGN(piece.made, ExecuteGatePart(workspace, project.gates[node.declared],
                                               piece.inputs, journal_.now()));
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
    std::vector<Json> counted;
    counted.reserve(state.pieces.size());
    for (const Piece& piece : state.pieces) counted.push_back(OutputOf(piece).verdict);
    TRY(UniteLedgers(workspace, node, state.pieces, state.executed));
    if (node.type == NodeType::kStep && node.refuses) {
      TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
      return UniteStepRefusals(workspace, *engine, node.name, counted, state.executed);
    }
    if (node.type == NodeType::kGate) {
      return JudgeUnited(workspace, project.gates[node.declared], state.inputs, journal_.now(),
                         counted, state.executed);
    }
    if (node.type != NodeType::kSource || narrowing_.empty()) return {};
    const contract::Declared& source = project.sources[node.declared];
    store::Table& table = state.executed.output.outputs[""];
    TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
    TRY_ASSIGN(table, Narrow(workspace, *engine, *source.partition, narrowing_, table, source.name,
                             state.executed.warnings));
    state.executed.rows_out = table.rows;
    return {};
  };
}

// The pieces of a node, those that an earlier run left with what it left.
Status Walk::FindPieces(NodeId id) {
  NodeState& state = nodes_[id];
  TRY_ASSIGN(state.pieces,
             PiecesOf(NodeOf(id), files_.sources[id], files_.resolved[id], state.inputs));
  for (Piece& piece : state.pieces) {
    if (wish_.force && wish_.Selects(id)) break;
    TRY_ASSIGN(piece.kept, FindOutput(session_, piece.fingerprint, journal_.now()));
  }
  return {};
}

// Whether a node that is not there yet could run beside this one: it does not wait for it.
bool Walk::MoreMayCome(NodeId id) const {
  const std::vector<bool> behind = plan::WithAllBehind(prepared_.graph, id);
  for (NodeId other = 0; other < nodes_.size(); ++other) {
    const Stage stage = nodes_[other].stage;
    const bool is_to_come = stage == Stage::kOpen || stage == Stage::kWaiting;
    if (is_to_come && !behind[other] && wish_.Selects(other)) return true;
  }
  return false;
}

void Walk::Start(NodeId id, std::uint64_t beside) {
  NodeState& state = nodes_[id];
  state.share =
      state.alone ? budget_.TakeAll() : budget_.Take(BytesOf(id), beside, MoreMayCome(id));
  state.stage = Stage::kRunning;
  state.timed_out = false;
  state.report.warnings.clear();
  ++state.tried;
  state.report.started_at = UtcMillisText(session_.clock().NowMicros());
  Tell(id, "started with at most " + std::to_string(state.share.threads) +
               (state.share.threads == 1 ? " thread" : " threads") + " and " +
               std::to_string(state.share.memory_bytes / 1'000'000) + " MB of memory");
  observer_.NodeStarted(state.report.name, id, nodes_.size());
  crew_.Start(id, state.share, WorkOf(id));
}

// A source that waits to be read again is not waited for.
bool Walk::SourcesAreRead() const {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (NodeOf(id).type != NodeType::kSource) continue;
    const Stage stage = nodes_[id].stage;
    if (stage != Stage::kDone && stage != Stage::kWaiting) return false;
  }
  return true;
}

// A mistake in a column ends the run before anything is computed of what was read.
Status Walk::FollowColumns() {
  followed_ = true;
  const auto is_open = [&](NodeId id) {
    return NodeOf(id).type != NodeType::kSource && nodes_[id].stage != Stage::kDone;
  };
  bool any_open = false;
  for (NodeId id = 0; id < nodes_.size(); ++id) any_open = any_open || is_open(id);
  if (!any_open) return {};
  TRY_ASSIGN(engine::Engine * engine, session_.Engine());
  ColumnFollower columns(*engine, prepared_.project, prepared_.graph);
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    for (const auto& [name, table] : nodes_[id].output.outputs) {
      columns.Take(id, name, table.schema);
    }
    if (!is_open(id) && nodes_[id].fused == nullptr) continue;
    const Status followed = columns.Follow(id);
    if (followed.ok()) continue;
    NameReport(id);
    TRY(Fail(id, followed.error()));
    ended_ = "the columns of `" + NodeOf(id).name + "` are wrong";
  }
  return {};
}

Status Walk::StartReady() {
  if (stopping_ || !ended_.empty()) return {};
  std::vector<NodeId> ready;
  std::uint64_t bytes = 0;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    NodeState& state = nodes_[id];
    if (state.stage == Stage::kRunning && state.alone) return {};
    const bool due = state.stage == Stage::kWaiting && state.due <= SteadyClock::now();
    if (state.stage != Stage::kReady && !due) continue;
    if (!followed_ && NodeOf(id).type != NodeType::kSource) continue;
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

}  // namespace assay::run
