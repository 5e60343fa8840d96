/// Alerts that wait to be sent: written in the transaction of what they tell, sent afterwards, so
/// that none is lost and none is told of what did not happen (docs/design/0003, section 5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "store/catalog.h"

namespace assay::store {

struct OutboxRow {
  std::int64_t seq = 0;  ///< set by the outbox
  std::string monitor;
  std::string channel;  ///< `webhook` or `command`; where it leads stands in the project
  Json body;
  std::string state = "waiting";  ///< `waiting`, `sent`, `failed`
  std::int64_t attempts = 0;
  std::string next_at;  ///< UTC; not sent before
  std::string error;    ///< of the last attempt
  std::string created_at;
};

/// A view of the catalog's table; the catalog must outlive it. Writes stand in the caller's
/// transaction, or are one of their own.
class Outbox {
 public:
  explicit Outbox(Catalog& catalog) : catalog_(catalog) {}

  Status Put(const OutboxRow& row);
  /// Those that wait and whose time has come, oldest first.
  Result<std::vector<OutboxRow>> Due(const std::string& now);
  /// The newest, at most `limit`.
  Result<std::vector<OutboxRow>> Newest(int limit);
  /// State, attempts, next time and error of a row that is there.
  Status Update(const OutboxRow& row);

 private:
  Catalog& catalog_;
};

}  // namespace assay::store
