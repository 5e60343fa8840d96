#include "run/session.h"

namespace assay::run {

Session::Session(SessionOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      objects_(options_.folder / ".assay",
               options_.disk == nullptr ? store::SystemDisk() : *options_.disk),
      workspace_(options_.folder, {options_.threads, options_.memory_bytes}, objects_, clock) {}

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

}  // namespace assay::run
