#include "run/workspace.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "contract/utf8.h"

namespace assay::run {

Result<engine::Engine*> Workspace::Open(std::unique_ptr<engine::Engine>& slot, int threads) {
  {
    const std::lock_guard lock(mutex_);
    if (interrupted_) return Error{ErrorCode::kCancelled, "cancelled", ""};
    if (slot != nullptr) return slot.get();
  }
  // Paths reach the engine in SQL, which is UTF-8.
  if (const std::string place = root().string(); contract::FindInvalidUtf8(place)) {
    return Error{ErrorCode::kUser, "the name of a folder is no UTF-8: " + contract::Escaped(place),
                 "rename the folder"};
  }
  engine::Options options;
  options.threads = threads;
  options.memory_bytes = share_.memory_bytes;
  // A folder of this process, so that a run that cleans up after dead ones leaves it alone. What
  // depends on the order of rows has none: hash tables that spill come back in another order,
  // and the memory of the machine would decide the answer.
  if (&slot != &ordered_engine_) {
    // Each engine has its own: two in one folder would write into each other's files.
    static std::atomic<std::uint64_t> counter{0};
    options.spill =
        root() / "spill" / (std::to_string(getpid()) + "-" + std::to_string(counter.fetch_add(1)));
  }
  options.readable = {root()};
  TRY_ASSIGN(auto opened, engine::Open(options));
  const std::lock_guard lock(mutex_);
  slot = std::move(opened);
  return slot.get();
}

Result<engine::Engine*> Workspace::Engine() { return Open(engine_, share_.threads); }

Result<engine::Engine*> Workspace::OrderedEngine() { return Open(ordered_engine_, 1); }

std::string Workspace::EngineVersion() const {
  return engine_ == nullptr ? std::string() : engine_->Version();
}

std::uint64_t Workspace::PeakBufferBytes() {
  std::uint64_t peak = 0;
  for (const auto& engine : {engine_.get(), ordered_engine_.get()}) {
    if (engine != nullptr) peak = std::max(peak, engine->PeakBufferBytes());
  }
  return peak;
}

void Workspace::CloseEngines() {
  const std::lock_guard lock(mutex_);
  engine_.reset();
  ordered_engine_.reset();
}

double Workspace::Progress() {
  const std::lock_guard lock(mutex_);
  double share = -1;
  for (const auto& engine : {engine_.get(), ordered_engine_.get()}) {
    if (engine != nullptr) share = std::max(share, engine->Progress());
  }
  return share;
}

bool Workspace::interrupted() {
  const std::lock_guard lock(mutex_);
  return interrupted_;
}

void Workspace::Interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  for (const auto& engine : {engine_.get(), ordered_engine_.get()}) {
    if (engine != nullptr) engine->Interrupt();
  }
}

}  // namespace assay::run
