/// Prepared statements, and what the engine's own messages mean for us.
#pragma once

#include <string>

#include "base/result.h"
#include "base/type.h"
#include "engine/duckdb/duck.h"

namespace assay::engine {

/// Classifies by DuckDB's own error prefix: what the machine lacks is kIo, the rest is the user's
/// SQL or data.
Error EngineError(const std::string& text);

/// Prepares a query, which tells its columns without running it.
Result<Prepared> Prepare(duckdb_connection connection, const std::string& query);

/// Its columns; one of a type that no version can hold is kUser.
Result<Schema> SchemaOf(duckdb_prepared_statement prepared);

}  // namespace assay::engine
