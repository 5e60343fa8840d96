/// What a verb works with: the project, its store, and a workspace of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "contract/project.h"
#include "run/workspace.h"
#include "store/catalog.h"
#include "store/object_store.h"

namespace assay::run {

struct SessionOptions {
  std::filesystem::path folder;
  int threads = 0;                 ///< 0: all cores
  std::uint64_t memory_bytes = 0;  ///< 0: half of the machine's memory
  /// With which projects are read; must outlive the session. Null: those of the rooms up to run.
  const contract::KindTables* kinds = nullptr;
  /// Where the store is; must outlive the session. Null: the system's.
  store::Disk* disk = nullptr;
  /// Whose values the project's variables have: `environments/NAME.yaml`. Empty: their own.
  std::string environment{};
};

class Session {
 public:
  Session(SessionOptions options, const Clock& clock);

  /// Opens the store for reading; a project that never ran has none, which is no error here.
  Status OpenStore();
  /// Makes the store if there is none, for a verb that holds the lock.
  Status CreateStore();

  const std::filesystem::path& folder() const { return options_.folder; }
  std::filesystem::path root() const { return workspace_.root(); }
  const Clock& clock() const { return clock_; }
  const SessionOptions& options() const { return options_; }
  const contract::KindTables& kinds() const;
  /// The project as it stands in the folder now; see contract::LoadProject.
  std::optional<contract::Project> LoadProject(contract::Diagnostics& diagnostics) const;
  store::ObjectStore& objects() { return objects_; }
  bool has_catalog() const { return catalog_.has_value(); }
  /// Only when `has_catalog`.
  store::Catalog& catalog() { return *catalog_; }
  /// The catalog, or an error that says what to run first.
  Result<store::Catalog*> NeedCatalog();

  /// With all threads and memory that the session has.
  Workspace& workspace() { return workspace_; }
  /// Of that workspace, as the next two.
  Result<engine::Engine*> Engine() { return workspace_.Engine(); }
  Result<engine::Engine*> OrderedEngine() { return workspace_.OrderedEngine(); }
  void CloseEngines() { workspace_.CloseEngines(); }

 private:
  SessionOptions options_;
  const Clock& clock_;
  store::ObjectStore objects_;
  std::optional<store::Catalog> catalog_;
  Workspace workspace_;
};

}  // namespace assay::run
