/// A value of any number or time type as a double, in SQL.
#pragma once

#include <string>

#include "base/type.h"

namespace assay::stats {

/// SQL for the value of `expression`, of type `type`, as a double: dates in days, times and
/// timestamps in microseconds; infinite ones are infinite, null stays null.
std::string NumberSql(const Type& type, const std::string& expression);

}  // namespace assay::stats
