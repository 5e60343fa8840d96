#include "run/budget.h"

#include <algorithm>
#include <thread>

namespace assay::run {
Budget::Budget(const Limits& limits)
    : threads_(limits.threads > 0
                   ? limits.threads
                   : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))),
      memory_(limits.memory_bytes > 0 ? limits.memory_bytes : engine::DefaultMemory()),
      free_(memory_) {
  const std::uint64_t fit = std::max<std::uint64_t>(1, memory_ / kLeastMemory);
  const int wanted = limits.jobs > 0 ? limits.jobs : threads_;
  jobs_ = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(wanted), fit));
}

Share Budget::ShareOf(std::uint64_t memory) {
  free_ -= memory;
  ++running_;
  const auto threads = static_cast<int>(
      std::clamp<std::uint64_t>(memory / kMemoryOfThread, 1, static_cast<std::uint64_t>(threads_)));
  return {threads, memory};
}

Share Budget::Take(std::uint64_t bytes, std::uint64_t beside, bool more_may_come) {
  const std::uint64_t least = std::min(free_, kLeastMemory);
  const bool is_last = running_ + 1 == jobs_;  // nothing can start beside it
  if (is_last || (beside == 0 && !more_may_come)) return ShareOf(free_);
  const double part = static_cast<double>(bytes) / static_cast<double>(bytes + beside + 1);
  // Room stays for one more.
  const std::uint64_t most = free_ > 2 * least ? free_ - least : least;
  const auto wanted = static_cast<std::uint64_t>(part * static_cast<double>(free_));
  return ShareOf(std::clamp(wanted, least, most));
}

Share Budget::TakeAll() { return ShareOf(free_); }

void Budget::GiveBack(const Share& share) {
  free_ += share.memory_bytes;
  --running_;
}

}  // namespace assay::run
