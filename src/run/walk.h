/// One run on its way: which nodes are open, ready, running, done. The thread that calls `Run`
/// decides and records; a crew computes (docs/design/0006). What it does stands in walk*.cc: in
/// walk.cc the decisions, in walk_compute.cc the work, in walk_outcome.cc what came of it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/budget.h"
#include "run/crew.h"
#include "run/dataset.h"
#include "run/execute.h"
#include "run/fetch.h"
#include "run/journal.h"
#include "run/pieces.h"
#include "run/prepared.h"
#include "run/runner.h"

namespace assay::run {

enum class Stage {
  kOpen,     ///< what it reads is not there yet
  kReady,    ///< to be computed
  kWaiting,  ///< to be computed again, at its time
  kRunning,
  kDone,  ///< nothing more is to be done, whatever came of it
};

/// A node of the run.
struct NodeState {
  Stage stage = Stage::kOpen;
  bool is_left = false;  ///< not selected, and not told of
  plan::Decision decision;
  NodeReport report;
  NodeOutput output;
  NodeInputs inputs;
  std::shared_ptr<const FusedStep> fused;
  // While it is computed.
  Share share;
  bool alone = false;  ///< with the whole machine
  std::int64_t tried = 0;
  std::chrono::steady_clock::time_point due;
  bool timed_out = false;
  std::vector<Piece> pieces;
  // Left by its work; nobody else looks until the crew says that it has ended.
  Executed executed;
  BuiltVersion built;
  std::optional<DatasetReport> dataset;
};

class Walk {
 public:
  Walk(Session& session, const RunRequest& request, RunObserver& observer, Prepared prepared,
       Files files, Loads loads, plan::Wish wish, Narrowing narrowing, KeptOutputs& kept);

  Result<RunReport> Run();

 private:
  const plan::Node& NodeOf(plan::NodeId id) const { return prepared_.graph.nodes[id]; }

  Status Go();
  Status Advance();
  void NameReport(plan::NodeId id);
  Status Look(plan::NodeId id);
  Status Follow(plan::NodeId id);
  Status TakeCached(plan::NodeId id);
  Status TakeUnchangedDataset(plan::NodeId id, const NodeOutput& output);
  Status TakeFused(plan::NodeId id);
  Result<bool> CommitAgain(plan::NodeId id);
  Status TakeInputs(plan::NodeId id);

  Status StartReady();
  bool SourcesAreRead() const;
  Status FollowColumns();
  void Start(plan::NodeId id, std::uint64_t beside);
  std::optional<store::Commit> CommitBefore(plan::NodeId id);
  Work WorkOf(plan::NodeId id);
  Work WorkOfPieces(plan::NodeId id);
  Status FindPieces(plan::NodeId id);
  std::uint64_t BytesOf(plan::NodeId id) const;
  bool MoreMayCome(plan::NodeId id) const;

  Status Finish(Finished finished);
  Status Keep(plan::NodeId id);
  Status CompareWithLoadBefore(plan::NodeId id);
  Status CompareLedgers(plan::NodeId id);
  Status Commit(plan::NodeId id, BuiltVersion built);
  Status TryAgainOrFail(plan::NodeId id, Error error);
  contract::Place PlaceOf(const plan::Node& node, const Error& error) const;
  Status Fail(plan::NodeId id, Error error);
  Status Cancelled(plan::NodeId id);
  CommitContext ContextOf(plan::NodeId id) const;
  void Describe(plan::NodeId id);
  const store::LoadRow* LoadOf(plan::NodeId id) const;
  void Done(plan::NodeId id);
  void Tell(plan::NodeId id, const std::string& text);
  void TellAtOnce(plan::NodeId id, const std::string& text);
  void NoteOutputs(plan::NodeId id, const NodeOutput& output);
  void Watch();
  void LeaveRest();
  std::optional<Error> FrozenError(const plan::Node& node, const plan::Decision& decision) const;

  Session& session_;
  const RunRequest& request_;
  RunObserver& observer_;
  const Prepared prepared_;
  const Files files_;
  Loads loads_;
  const plan::Wish wish_;
  const Narrowing narrowing_;
  Journal journal_;
  KeptOutputs& kept_;
  const plan::Lookups lookups_;
  Budget budget_;
  std::vector<NodeState> nodes_;  // by NodeId
  plan::Progress progress_;
  bool stopping_ = false;
  bool followed_ = false;  // columns, through all steps
  std::string ended_;      // why nothing more is begun; empty while it may be
  Crew crew_;              // last, so that it has stopped before what its work looks at goes
};

}  // namespace assay::run
