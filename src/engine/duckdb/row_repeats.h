/// `assay_repeats(id)`: an aggregate that counts the rows whose id another row had before. Exact,
/// whatever the order and the threads: a bit for each row number of a file, in pages.
#pragma once

#include <duckdb.h>

#include "base/result.h"

namespace assay::engine {

Status RegisterRowRepeats(duckdb_connection connection);

}  // namespace assay::engine
