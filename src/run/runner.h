/// `assay run`: walks the plan, computes what must be computed, several nodes at once, and records
/// each (docs/design/0006).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "contract/diagnostic.h"
#include "plan/selection.h"
#include "run/run_report.h"
#include "run/session.h"

namespace assay::run {

struct RunningNode {
  std::string name;
  double seconds = 0;
  double share = -1;  ///< of its running statement, 0 to 1, or -1 when unknown
};

/// Told of what happens while it happens, always by the thread that runs the project.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// `index` is the node's place among `count` nodes.
  virtual void NodeStarted(const std::string& node, std::size_t index, std::size_t count) = 0;
  virtual void NodeFinished(const NodeReport& node, std::size_t index, std::size_t count) = 0;
  /// Something worth telling of a node that goes on: it is tried again.
  virtual void NodeTold(const std::string& node, const std::string& what) = 0;
  /// Several times a second while nodes run; `done` of `count` nodes need nothing more.
  virtual void Working(const std::vector<RunningNode>& running, std::size_t done,
                       std::size_t count) = 0;
};

struct RunRequest {
  std::string message;  ///< of the commits
  plan::Selection selection;
  bool force = false;   ///< what is selected runs though nothing changed
  bool frozen = false;  ///< fails when the files of a source are not those of its newest result
  bool fetches = true;  ///< sources that lie elsewhere are asked; false: as they were fetched last
  bool fetch_anew = false;  ///< they are asked for everything again
  int jobs = 0;             ///< nodes at once; 0: as many as threads
  /// Sources with parts by date are read before this moment only, and ages are judged as of then;
  /// as contract::ParseTime gives it. Empty: all, and now.
  std::string as_of;
  /// `A..B`, keys of parts: what is made of these parts is computed, datasets are left as they are.
  std::optional<std::string> parts;
  /// Asked several times a second; true ends the run cleanly: what runs is stopped and recorded.
  std::function<bool()> stop;
};

/// Runs the project. Errors of the project itself go to `diagnostics` and give an error; a node
/// that fails is in the report, with the exit status in `exit`.
Result<RunReport> RunProject(Session& session, const RunRequest& request,
                             contract::Diagnostics& diagnostics, RunObserver& observer);

}  // namespace assay::run
