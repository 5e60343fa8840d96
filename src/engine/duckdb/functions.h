/// Assay's own functions, registered with every DuckDB instance.
#pragma once

#include <duckdb.h>

#include "base/result.h"

namespace assay::engine {

/// Registers
/// - `assay_row_hash(columns...) -> UHUGEINT`: xxh3-128 of the columns' `row/1` bytes;
/// - `assay_wrapping_sum(UHUGEINT) -> UHUGEINT`: sum modulo 2^128 (aggregate; 0 over no rows);
/// - `assay_moments(DOUBLE) -> STRUCT(count, mean, deviation, low, high)`: see base/exact_moments.h
///   (aggregate; nulls are left out, over no values all but the count are null);
/// - `assay_mean(DOUBLE) -> DOUBLE`: its mean alone, of the exact sum, rounded once (aggregate;
/// null
///   over no values);
/// - `assay_bucket(seed UBIGINT, columns...) -> UBIGINT`: floor(xxh3-64(row, seed) * 10^6 / 2^64);
/// - `assay_shuffle_key(seed UBIGINT, row UBIGINT) -> UBIGINT`: xxh3-64, with that seed, of the row
///   number as 8 bytes little-endian;
/// - `assay_hmac`: see engine/duckdb/hash_function.h;
/// - `assay_trim`, `assay_collapse`: see engine/duckdb/white_space_function.h.
Status RegisterFunctions(duckdb_connection connection);

}  // namespace assay::engine
