/// The tables that `assay sql` can read: outputs of nodes and versions of datasets.
#pragma once

#include <string>

#include "engine/engine.h"
#include "run/session.h"

namespace assay::run {

/// Runs a SELECT whose tables are node outputs (`joined`, `"plausible.refused"`: the newest result;
/// a fused step is computed from what it reads)
/// or versions (`"flights_train@v1"` with all splits and a column `split`;
/// `"flights_train@v1.test"`, prepared rows as `"flights_train@v1.train.prepared"`). At most
/// `limit` rows (0: all).
Result<engine::Grid> QueryTables(Session& session, const std::string& sql, std::uint64_t limit);

}  // namespace assay::run
