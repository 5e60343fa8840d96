/// Preparations that were read, by the sha256 of their texts: parsed once, and never another. No
/// state of the server's, since a text of this hash cannot change.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "prepare/preparation.h"
#include "store/commit.h"
#include "store/object_store.h"

namespace assay::serve {

/// From any thread. Keeps the newest few.
class PreparationCache {
 public:
  static constexpr std::size_t kMost = 16;

  /// The preparation of a version; an error with a hint where it has none. Shared, since another
  /// request may push it out while it is in use.
  Result<std::shared_ptr<const prepare::Preparation>> Get(const store::ObjectStore& objects,
                                                          const store::Commit& commit);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const prepare::Preparation>>;

  std::mutex mutex_;
  std::vector<Entry> entries_;  ///< oldest first
};

}  // namespace assay::serve
