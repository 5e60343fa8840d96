/// Names of time zones. Knows no engine.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace assay::step {

/// The names of the tz database, those of older days too, in order.
const std::vector<std::string>& ZoneNames();

/// An error with the nearest name where it is none.
Status CheckZone(const std::string& name);

}  // namespace assay::step
