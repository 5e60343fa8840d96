/// Types as people declare them for columns.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"

namespace assay::contract {

/// One of our own names (`int32`, `decimal(10,2)`, `timestamp[us]`) or a common name of SQL
/// (`INTEGER`, `DOUBLE`, `VARCHAR`); where both mean something, ours.
Result<Type> TypeNamed(const std::string& text);

/// The first mistake in the mapping `columns` of a source's parameters.
Status CheckDeclaredTypes(const Json& params);

}  // namespace assay::contract
