/// Decisions of retrain policies in the catalog, in the order in which they were made
/// (docs/design/0003, section 6). What was decided and why, the stored text tells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/catalog.h"

namespace assay::store {

struct DecisionRow {
  std::int64_t seq = 0;  ///< the number by which people name it
  std::string policy;
  std::string id;      ///< sha256 of the stored text
  std::string as_of;   ///< UTC, the moment it was made for
  std::string action;  ///< none, retrain, ...; what a training came to has a row of its own
  std::string created_at;
};

/// A view of the catalog's table; the catalog must outlive it. Writes stand in the caller's
/// transaction.
class DecisionLog {
 public:
  explicit DecisionLog(Catalog& catalog) : catalog_(catalog) {}

  /// Of one policy, or all (""); oldest first.
  Result<std::vector<DecisionRow>> Decisions(const std::string& policy);
  /// Returns the number it got; `row.seq` and `row.created_at` are not read.
  Result<std::int64_t> Add(const DecisionRow& row);

 private:
  Catalog& catalog_;
};

}  // namespace assay::store
