/// How a node is run. Nothing of it changes what the node makes, so nothing of it is in a
/// fingerprint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/diagnostic.h"
#include "contract/duration.h"

namespace assay::contract {

struct Execution {
  std::vector<std::string> tags;    ///< words to select nodes by
  std::optional<Duration> timeout;  ///< of one attempt; nothing: no limit
  std::int64_t retries = 0;         ///< further attempts after what the environment did
  Duration retry_wait{1, "1 s"};    ///< before the first of them; doubles each time
  /// Of a step: whether its rows are written though only one step reads them, or are not though
  /// several do. Nothing: as the planner finds best.
  std::optional<bool> materialize;
  Place materialize_place;
};

}  // namespace assay::contract
