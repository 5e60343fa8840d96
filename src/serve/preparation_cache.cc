#include "serve/preparation_cache.h"

#include <algorithm>

#include "run/prepare_version.h"

namespace assay::serve {

Result<std::shared_ptr<const prepare::Preparation>> PreparationCache::Get(
    const store::ObjectStore& objects, const store::Commit& commit) {
  const std::string& id = commit.preparation;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(entries_, id, &Entry::first);
    if (found != entries_.end()) return found->second;
  }
  // Read without the lock: two requests may both do so, and one of them is kept.
  TRY_ASSIGN(prepare::Preparation read, run::ReadPreparation(objects, commit));
  auto preparation = std::make_shared<const prepare::Preparation>(std::move(read));
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(entries_, id, &Entry::first);
  if (found != entries_.end()) return found->second;
  if (entries_.size() == kMost) entries_.erase(entries_.begin());
  entries_.emplace_back(id, preparation);
  return preparation;
}

}  // namespace assay::serve
