/// A stored table as the engine reads it.
#pragma once

#include <string>

#include "store/object_store.h"
#include "store/table.h"

namespace assay::run {

/// Table expression of a table's rows: its own columns, in their order.
std::string TableSql(const store::ObjectStore& objects, const store::Table& table);
/// The same with the place of each row behind them: `file_index` and `file_row_number`, both from
/// 0.
std::string PlacedTableSql(const store::ObjectStore& objects, const store::Table& table);

}  // namespace assay::run
