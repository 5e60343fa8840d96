/// Progress of a run: a line that is redrawn on a terminal, a plain line per node elsewhere.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "run/runner.h"

namespace assay::cli {

class RunProgress : public run::RunObserver {
 public:
  /// `quiet` says nothing at all.
  RunProgress(const Terminal& terminal, bool quiet) : terminal_(terminal), quiet_(quiet) {}
  ~RunProgress() override { Finish(); }

  void NodeStarted(const std::string& node, std::size_t index, std::size_t count) override;
  void NodeFinished(const run::NodeReport& node, std::size_t index, std::size_t count) override;
  void NodeTold(const std::string& node, const std::string& what) override;
  void Working(const std::vector<run::RunningNode>& running, std::size_t done,
               std::size_t count) override;
  /// Takes the redrawn line away; before anything else is written.
  void Finish();

 private:
  const Terminal& terminal_;
  const bool quiet_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace assay::cli
