/// Results of monitors in the catalog (docs/design/0003, section 5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/catalog.h"

namespace assay::store {

struct DriftRow {
  std::string id;  ///< sha256 of the stored text
  std::string monitor, subject, reference, verdict, created_at;
};

/// A view of the catalog's table; the catalog must outlive it.
class DriftLog {
 public:
  explicit DriftLog(Catalog& catalog) : catalog_(catalog) {}

  /// Appends a result, in the caller's transaction.
  Status Put(const DriftRow& row);
  /// The newest results, at most `limit`; "" stands for every monitor.
  Result<std::vector<DriftRow>> Results(const std::string& monitor, int limit);
  /// The last result that a monitor gave; nothing where it has none.
  Result<std::optional<DriftRow>> Newest(const std::string& monitor);

 private:
  Catalog& catalog_;
};

}  // namespace assay::store
