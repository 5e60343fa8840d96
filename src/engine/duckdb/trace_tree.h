/// The parse tree of a query with its ids, and what they are. Knows nothing of a running engine.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/duckdb/from_item.h"
#include "engine/row_trace.h"

namespace assay::engine {

struct TracedTree {
  Json query;   ///< the node that takes the place of the query's; as it was where there are no ids
  Trace trace;  ///< without the text
};

/// `query` is the node of a serialised statement. An error's message is the reason why there are
/// no ids.
Result<TracedTree> TraceTree(const Json& query, const std::vector<TracedInput>& inputs,
                             const ParseQuery& parse);

}  // namespace assay::engine
