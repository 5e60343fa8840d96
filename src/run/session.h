/// What a verb works with: the project, its store, and an engine that is opened when first asked
/// for.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "contract/project.h"
#include "engine/engine.h"
#include "store/catalog.h"
#include "store/object_store.h"

namespace assay::run {

struct SessionOptions {
  std::filesystem::path folder;
  int threads = 0;                 ///< 0: all cores
  std::uint64_t memory_bytes = 0;  ///< 0: half of the machine's memory
  /// With which projects are read; must outlive the session. Null: those of the rooms up to run.
  const contract::KindTables* kinds = nullptr;
};

class Session {
 public:
  Session(SessionOptions options, const Clock& clock);

  /// Opens the store for reading; a project that never ran has none, which is no error here.
  Status OpenStore();
  /// Makes the store if there is none, for a verb that holds the lock.
  Status CreateStore();

  const std::filesystem::path& folder() const { return options_.folder; }
  std::filesystem::path root() const { return options_.folder / ".assay"; }
  const Clock& clock() const { return clock_; }
  const contract::KindTables& kinds() const;
  store::ObjectStore& objects() { return objects_; }
  bool has_catalog() const { return catalog_.has_value(); }
  /// Only when `has_catalog`.
  store::Catalog& catalog() { return *catalog_; }
  /// The catalog, or an error that says what to run first.
  Result<store::Catalog*> NeedCatalog();

  /// The engine with all its threads.
  Result<engine::Engine*> Engine();
  /// An instance with one thread that never spills, for what depends on the order of rows.
  Result<engine::Engine*> OrderedEngine();
  /// Highest use of memory since they were opened, in bytes.
  std::uint64_t PeakBufferBytes();
  /// Gives back their memory; the next call opens them anew.
  void CloseEngines();

 private:
  Result<engine::Engine*> Open(std::unique_ptr<engine::Engine>& slot, int threads);

  SessionOptions options_;
  const Clock& clock_;
  store::ObjectStore objects_;
  std::optional<store::Catalog> catalog_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Engine> ordered_engine_;
};

/// Table expression over stored files.
std::string TableSql(const store::ObjectStore& objects, const store::Table& table);

}  // namespace assay::run
