/// `assay run`: walks the plan, runs what must run, records each node in one transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/diagnostic.h"
#include "run/session.h"

namespace assay::run {

struct NodeReport {
  std::string name, type, kind;
  std::string status;   ///< ran | cached | failed | skipped
  std::string verdict;  ///< gates: pass | warn | fail
  std::string reason;   ///< why it ran, was skipped, or the note on how it ran
  std::string error, hint;
  int exit = 0;  ///< status that this node's failure stands for
  std::uint64_t rows_in = 0, rows_out = 0, rows_refused = 0;
  double seconds = 0;
  std::uint64_t peak_buffer_bytes = 0;
  Json verdict_body;  ///< of a gate, also when cached
  std::vector<std::string> warnings;
};

struct DatasetReport {
  std::string name, version, commit, ref;
  std::string status;   ///< new | unchanged | same-content
  std::string same_as;  ///< with same-content: the number it has, `v2`
  std::vector<std::pair<std::string, std::uint64_t>> splits;
};

struct RunReport {
  std::string run;
  std::string status;  ///< done | nothing-to-do | gate-failed | failed
  int exit = 0;
  double seconds = 0;
  std::vector<NodeReport> nodes;
  std::vector<DatasetReport> datasets;
};

/// The form that issue and docs promise for `assay run --json`.
Json RunReportJson(const RunReport& report);

/// Told of what happens while it happens; for progress on a terminal.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// `engine` is null until it is open; it may be asked for progress from another thread until the
  /// node has finished.
  virtual void NodeStarted(const std::string& node, std::size_t index, std::size_t count,
                           engine::Engine* engine) = 0;
  virtual void NodeFinished(const NodeReport& node, std::size_t index, std::size_t count) = 0;
};

struct RunRequest {
  std::string message;  ///< of the commits
};

/// Runs the project. Errors of the project itself go to `diagnostics` and give an error; a node
/// that fails is in the report, with the exit status in `exit`.
Result<RunReport> RunProject(Session& session, const RunRequest& request,
                             contract::Diagnostics& diagnostics, RunObserver& observer);

}  // namespace assay::run
