/// A stored table as the engine reads it.
#pragma once

#include <string>

#include "store/object_store.h"
#include "store/table.h"

namespace assay::run {

/// Table expression of a table's rows: `*` is its own columns.
std::string TableSql(const store::ObjectStore& objects, const store::Table& table);
/// The same where each row has its place, too: `file_index` and `file_row_number` can be named, and
/// may be among `*`.
std::string PlacedTableSql(const store::ObjectStore& objects, const store::Table& table);

}  // namespace assay::run
