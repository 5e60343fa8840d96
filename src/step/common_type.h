/// Types that can stand beside each other: in one column, or in a comparison.
#pragma once

#include <optional>

#include "base/type.h"

namespace assay::step {

/// The smallest type that holds every value of both without a loss; nothing where there is none:
/// int64 and float64, or text and anything else.
std::optional<Type> CommonType(const Type& one, const Type& other);

/// Whether values of both can be equal: numbers with numbers, dates with timestamps, else types of
/// one kind. A timestamp and one in UTC cannot be: that would need a time zone.
bool CanBeEqual(const Type& one, const Type& other);

bool IsTime(const Type& type);  ///< a date or a timestamp of either kind

}  // namespace assay::step
