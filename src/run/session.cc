#include "run/session.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "run/kinds.h"

namespace assay::run {

Session::Session(SessionOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), objects_(options_.folder / ".assay") {}

const contract::KindTables& Session::kinds() const {
  return options_.kinds == nullptr ? AllKinds() : *options_.kinds;
}

Status Session::OpenStore() {
  TRY_ASSIGN(catalog_, store::Catalog::OpenIfMade(root(), clock_));
  return {};
}

Status Session::CreateStore() {
  TRY(objects_.Create());
  TRY_ASSIGN(auto catalog, store::Catalog::Open(root(), true, clock_));
  catalog_.emplace(std::move(catalog));
  return {};
}

Result<store::Catalog*> Session::NeedCatalog() {
  if (catalog_) return &*catalog_;
  return Error{ErrorCode::kUser, "this project has no store yet: " + root().string(),
               "run `assay run` first"};
}

Result<engine::Engine*> Session::Open(std::unique_ptr<engine::Engine>& slot, int threads) {
  if (slot == nullptr) {
    // Paths reach the engine in SQL, which is UTF-8.
    if (const std::string place = root().string(); contract::FindInvalidUtf8(place)) {
      return Error{ErrorCode::kUser,
                   "the name of a folder is no UTF-8: " + contract::Escaped(place),
                   "rename the folder"};
    }
    engine::Options options;
    options.threads = threads;
    options.memory_bytes = options_.memory_bytes;
    // A folder of this process, so that a run that cleans up after dead ones leaves it alone. What
    // depends on the order of rows has none: hash tables that spill come back in another order,
    // and the memory of the machine would decide the answer.
    if (&slot != &ordered_engine_) {
      // Each engine has its own: two in one folder would write into each other's files.
      static std::atomic<std::uint64_t> counter{0};
      options.spill = root() / "spill" /
                      (std::to_string(getpid()) + "-" + std::to_string(counter.fetch_add(1)));
    }
    options.readable = {root()};
    TRY_ASSIGN(slot, engine::Open(options));
  }
  return slot.get();
}

Result<engine::Engine*> Session::Engine() { return Open(engine_, options_.threads); }

Result<engine::Engine*> Session::OrderedEngine() { return Open(ordered_engine_, 1); }

std::uint64_t Session::PeakBufferBytes() {
  std::uint64_t peak = 0;
  for (const auto& engine : {engine_.get(), ordered_engine_.get()}) {
    if (engine != nullptr) peak = std::max(peak, engine->PeakBufferBytes());
  }
  return peak;
}

void Session::CloseEngines() {
  engine_.reset();
  ordered_engine_.reset();
}

std::string TableSql(const store::ObjectStore& objects, const store::Table& table) {
  std::vector<std::filesystem::path> paths;
  for (const store::FileRef& file : table.files) paths.push_back(objects.PathOf(file.sha256));
  return engine::ReadParquet(paths, table.schema);
}

}  // namespace assay::run
