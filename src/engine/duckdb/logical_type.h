/// DuckDB's types as ours and back.
#pragma once

#include <duckdb.h>

#include <optional>
#include <string>

#include "base/type.h"

namespace assay::engine {

/// Our type, or nullopt when a version cannot hold the type as it is.
std::optional<Type> FromLogicalType(duckdb_logical_type type);

/// True when Parquet as DuckDB writes it holds the type without loss: not for HUGEINT, at any
/// depth, which it writes as a double.
bool IsStorable(const Type& type);

/// SQL type that a column of this type is cast to so that a version can hold it: equal to the type
/// itself when nothing is to be done, empty when no lossless cast exists.
std::string CanonicalSql(duckdb_logical_type type);

/// True for TIMESTAMP_NS anywhere inside: its cast loses digits unless they are zero.
bool HasNanoseconds(duckdb_logical_type type);

/// DuckDB's name of a type for messages.
std::string EngineTypeName(duckdb_logical_type type);

}  // namespace assay::engine
