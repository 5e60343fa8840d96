/// Reads the JSON that DuckDB's parser makes of a SELECT (`json_serialize_sql`): which tables it
/// reads, which functions it calls, its `sqltree/1` id. Knows nothing of a running engine.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "engine/engine.h"

namespace assay::engine {

/// `tree` is one statement of the serialised list.
Result<SqlFacts> FactsOfTree(const Json& tree);

/// The first construct of the tree whose answer may depend on the order of the input: LIMIT,
/// SAMPLE, DISTINCT ON, a window, a POSITIONAL or ASOF join. Empty when there is none.
std::string OrderDependenceOfTree(const Json& tree);

/// The same for a bound plan (`json_serialize_plan`): aggregates that are not known to be free of
/// order for their argument types.
std::string OrderDependenceOfPlan(const Json& plan);

/// Functions that make several rows of one, and table functions that make rows of their arguments
/// alone. Names in small letters.
bool IsExpanding(const std::string& function);
bool IsPureTableFunction(const std::string& function);

}  // namespace assay::engine
