/// Divides the machine among the nodes that run at once (docs/design/0006). Pure.
#pragma once

#include <cstdint>

#include "run/workspace.h"

namespace assay::run {

/// What a run may use.
struct Limits {
  int jobs = 0;                    ///< nodes at once; 0: as many as threads
  int threads = 0;                 ///< of each node; 0: all cores
  std::uint64_t memory_bytes = 0;  ///< of all nodes together; 0: half of the machine's
};

class Budget {
 public:
  /// No node starts with less memory than this, unless all is less.
  static constexpr std::uint64_t kLeastMemory = 256'000'000;
  /// A thread of the engine needs about so much to work well.
  static constexpr std::uint64_t kMemoryOfThread = 64'000'000;

  explicit Budget(const Limits& limits);

  /// True when one more node may start.
  bool HasRoom() const { return running_ < jobs_ && (running_ == 0 || free_ >= kLeastMemory); }
  /// The share of a node with inputs of so many bytes, next to `beside` bytes of inputs of others
  /// that may start now. `more_may_come`: others may become ready before it ends, so that some is
  /// left for them.
  Share Take(std::uint64_t bytes, std::uint64_t beside, bool more_may_come);
  /// Everything, for a node that runs alone. Only when nothing runs.
  Share TakeAll();
  void GiveBack(const Share& share);

  bool IsAll(const Share& share) const { return share.memory_bytes >= memory_; }
  int running() const { return running_; }

 private:
  Share ShareOf(std::uint64_t memory);

  int jobs_, threads_;
  std::uint64_t memory_, free_;
  int running_ = 0;
};

}  // namespace assay::run
