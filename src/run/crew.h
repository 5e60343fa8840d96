/// Threads that compute nodes, one each. The thread that starts them is the only one that is told
/// of what became of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "plan/graph.h"
#include "run/workspace.h"

namespace assay::run {

double SecondsSince(std::chrono::steady_clock::time_point start);

/// What a node does in its workspace. It leaves its result where its maker finds it afterwards.
using Work = std::function<Status(Workspace& workspace)>;

struct Finished {
  plan::NodeId node = 0;
  Status status;
  double seconds = 0;
  std::uint64_t peak_buffer_bytes = 0;
  std::string engine;  ///< `duckdb 1.5.5`, where one was used
};

class Crew {
 public:
  Crew(std::filesystem::path folder, store::ObjectStore& objects, const Clock& clock)
      : folder_(std::move(folder)), objects_(objects), clock_(clock) {}
  /// Stops what runs and waits for it.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void Start(plan::NodeId node, const Share& share, Work work);
  /// A node that has ended, waiting for one at most so long.
  std::optional<Finished> Wait(std::chrono::milliseconds patience);
  /// Asks a running node to stop; to be called again until it has ended.
  void Interrupt(plan::NodeId node);

  /// The nodes that run, in order.
  std::vector<plan::NodeId> running() const;
  /// Share of the node's running statement that is done, 0 to 1, or -1 when unknown.
  double Progress(plan::NodeId node);
  /// Seconds since the node was started.
  double SecondsOf(plan::NodeId node) const;

 private:
  struct Job {
    std::unique_ptr<Workspace> workspace;
    std::chrono::steady_clock::time_point start;
    std::thread thread;
  };

  std::filesystem::path folder_;
  store::ObjectStore& objects_;
  const Clock& clock_;
  std::map<plan::NodeId, Job> jobs_;  // of the starting thread alone
  std::mutex mutex_;                  // of `finished_`
  std::condition_variable ended_;
  std::vector<Finished> finished_;
};

}  // namespace assay::run
