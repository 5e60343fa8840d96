/// Where one node computes: objects, and engines of its own that are opened when first asked for.
/// It knows no catalog, so several may work at once.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "engine/engine.h"
#include "store/object_store.h"

namespace assay::run {

/// What a node may use of the machine.
struct Share {
  int threads = 0;                 ///< 0: all cores
  std::uint64_t memory_bytes = 0;  ///< 0: half of the machine's memory

  bool operator==(const Share&) const = default;
};

class Workspace {
 public:
  /// `objects` and `clock` must outlive it.
  Workspace(std::filesystem::path folder, Share share, store::ObjectStore& objects,
            const Clock& clock)
      : folder_(std::move(folder)), share_(share), objects_(objects), clock_(clock) {}

  const std::filesystem::path& folder() const { return folder_; }  ///< of the project
  std::filesystem::path root() const { return folder_ / ".assay"; }
  const Clock& clock() const { return clock_; }
  store::ObjectStore& objects() { return objects_; }

  /// The engine with all threads of the share.
  Result<engine::Engine*> Engine();
  /// An instance with one thread that never spills, for what depends on the order of rows.
  Result<engine::Engine*> OrderedEngine();
  /// `duckdb 1.5.5`, or nothing where no engine was asked for.
  std::string EngineVersion() const;
  /// Highest use of memory since they were opened, in bytes.
  std::uint64_t PeakBufferBytes();
  /// Gives back their memory; the next call opens them anew.
  void CloseEngines();

  /// Share of the running statement that is done, 0 to 1, or -1 when unknown. From any thread.
  double Progress();
  /// Stops the running statements; whoever asks for an engine afterwards gets kCancelled. From any
  /// thread. A statement that began meanwhile goes on, so it is to be called until the node ends.
  void Interrupt();
  /// Whether it was asked to. From any thread.
  bool interrupted();

 private:
  Result<engine::Engine*> Open(std::unique_ptr<engine::Engine>& slot, int threads);

  std::filesystem::path folder_;
  Share share_;
  store::ObjectStore& objects_;
  const Clock& clock_;
  std::mutex mutex_;  // of what follows, which other threads look at
  bool interrupted_ = false;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Engine> ordered_engine_;
};

}  // namespace assay::run
