/// Types as people declare them for the columns of a source.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"

namespace assay::source {

/// One of our own names (`int32`, `decimal(10,2)`, `timestamp[us]`) or a common name of SQL
/// (`INTEGER`, `DOUBLE`, `VARCHAR`); where both mean something, ours.
Result<Type> DeclaredType(const std::string& text);

/// The first mistake in the mapping `columns` of a source's parameters.
Status CheckDeclaredTypes(const Json& params);

}  // namespace assay::source
