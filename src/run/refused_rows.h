/// Rows that a gate or a source refused, with the rows of source files that they come from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "run/row_origin.h"
#include "store/object_store.h"
#include "store/table.h"

namespace assay::run {

struct RefusedRows {
  engine::Grid grid;
  /// Of each row; empty where a table has none: a source's rows tell their place themselves.
  std::vector<std::vector<RowOrigin>> origins;
};

/// The first rows of the refused table of `node`, by their place, of which the same are first each
/// time. `limit` 0: all.
Result<RefusedRows> ReadRefused(const store::ObjectStore& objects, engine::Engine& engine,
                                const std::string& node, const store::Table& table,
                                const std::vector<std::string>& columns, std::uint64_t limit);

}  // namespace assay::run
