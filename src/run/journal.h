/// What a run leaves in the catalog while it goes on. Nothing runs unrecorded: each node's results
/// and its record are one transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/dataset.h"
#include "run/execute.h"
#include "run/pieces.h"
#include "run/prepared.h"
#include "run/run_report.h"
#include "run/session.h"
#include "store/load_states.h"

namespace assay::run {

class Journal {
 public:
  /// `session` must outlive it. Gives the run its id; `request` is what was asked for;
  /// `as_of` is the moment at which ages are judged, where it is not now.
  Journal(Session& session, Json request, std::optional<std::int64_t> as_of);

  const std::string& run() const { return row_.id; }
  /// The moment at which ages are judged: all that look at a verdict see the same.
  std::int64_t now() const { return now_; }

  /// Before the first node runs: from here on a killed run leaves a trace. Once.
  Status Start();
  /// Everything that a node left behind. `receipts` are a source's; `load` is what was fetched for
  /// it, or null: where the next fetch begins moves in the transaction of what came of this one.
  Status Ran(const plan::Decision& decision, const plan::Node& node, Executed& done,
             const std::vector<Piece>& pieces, const std::vector<store::Receipt>& receipts,
             const store::LoadRow* load, const NodeReport& report);
  /// A new commit; moves the dataset's refs and fills `dataset` in.
  Status Committed(const plan::Decision& decision, const contract::Project& project,
                   const plan::Node& node, const CommittedVersion& made, const NodeReport& report,
                   DatasetReport& dataset);
  /// A verdict on the version itself stopped it: the verdict is kept, so that the same version is
  /// not built again.
  Status Refused(const plan::Decision& decision, const plan::Node& node, const NodeReport& report);
  /// A node that failed or was cancelled. It is told at once, so that a run that is killed later
  /// has told it.
  Status Stopped(const std::string& fingerprint, const NodeReport& report);
  /// A node that was cached or skipped: goes into the next transaction, so that a run with nothing
  /// to do has one.
  void Note(const std::string& fingerprint, const NodeReport& report);
  /// What was fetched for a source of which nothing is new; as `Note`.
  void NoteLoad(const store::LoadRow& load);
  /// A verdict that changed with the clock alone; as `Note`.
  void NoteVerdict(const Json& verdict);
  Status End(const std::string& status, int exit);

 private:
  store::NodeRun RowOf(const NodeReport& report, const std::string& fingerprint) const;
  Status AddFinished(const NodeReport& report, const std::string& fingerprint);
  Status RecordWaiting();
  Status PutLoad(store::LoadRow load);
  Status MarkInterrupted();
  Status PutOutput(const std::string& fingerprint, const std::string& node, const std::string& kind,
                   const std::string& manifest, const NodeOutput& output);
  Status PutFiles(const CommittedVersion& made, const contract::Project& project);
  Status MoveRefs(const std::string& name, const CommittedVersion& made, DatasetReport& dataset);

  Session& session_;
  store::RunRow row_;
  bool started_ = false;
  std::int64_t now_ = 0;
  std::vector<store::NodeRun> waiting_;
  std::vector<store::LoadRow> waiting_loads_;
  std::vector<Json> waiting_verdicts_;
};

/// Verdicts that a dataset passed on itself, among those of the gates before it.
Json OwnVerdicts(const store::Commit& commit, const std::string& dataset);

}  // namespace assay::run
