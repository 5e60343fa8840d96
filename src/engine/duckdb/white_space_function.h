/// What base/white_space.h does, for SQL.
#pragma once

#include <duckdb.h>

#include "base/result.h"

namespace assay::engine {

/// Registers `assay_trim(text)` and `assay_collapse(text)`; null of null.
Status RegisterWhiteSpace(duckdb_connection connection);

}  // namespace assay::engine
