/// A keyed hash whose key is no part of any SQL text.
#pragma once

#include <duckdb.h>

#include "base/result.h"

namespace assay::engine {

/// Registers `assay_hmac(name VARCHAR, mark VARCHAR, text VARCHAR) -> VARCHAR`: 64 hex digits of
/// the HMAC-SHA-256 of a text under the environment variable of that name, a constant; null of
/// null. The mark tells values of the variable apart (contract::SecretMark); it only makes their
/// SQL differ. A variable that is not set, or empty, is an error.
Status RegisterHmac(duckdb_connection connection);

}  // namespace assay::engine
