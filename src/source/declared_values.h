/// Texts as values of the types that a source's `columns` declare, as SQL.
#pragma once

#include <string>

#include "base/type.h"

namespace assay::source {

/// A condition, never null: the text `cell` is no value of the type, or one that it would bend.
std::string MisfitSql(const Type& type, const std::string& cell);
/// Why such a text is refused.
std::string MisfitReasonSql(const Type& type, const std::string& cell);

}  // namespace assay::source
