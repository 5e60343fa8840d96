/// Progress of a run: a line that is redrawn on a terminal, a plain line per node elsewhere.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "cli/terminal.h"
#include "run/runner.h"

namespace assay::cli {

class RunProgress : public run::RunObserver {
 public:
  /// `quiet` says nothing at all.
  RunProgress(const Terminal& terminal, bool quiet);
  ~RunProgress() override;

  void NodeStarted(const std::string& node, std::size_t index, std::size_t count,
                   engine::Engine* engine) override;
  void NodeFinished(const run::NodeReport& node, std::size_t index, std::size_t count) override;
  /// Stops the redrawing; before anything else is written.
  void Finish();

 private:
  void Redraw();
  void StopDrawing();

  const Terminal& terminal_;
  const bool quiet_;
  std::thread drawer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool drawing_ = false;
  std::string node_;
  std::size_t index_ = 0, count_ = 0;
  engine::Engine* engine_ = nullptr;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace assay::cli
