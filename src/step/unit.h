/// Units of measure and how one becomes another, exactly. Knows no SQL and no step.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::step {

/// `reference = (value * numerator + offset) / denominator`, in the reference unit of its
/// dimension.
struct Unit {
  std::string_view name;
  std::string_view dimension;
  std::int64_t numerator = 1, denominator = 1, offset = 0;
};

/// The unit of this name, case looked at, or an error with the nearest.
Result<Unit> UnitNamed(const std::string& name);

/// All units of a dimension.
std::vector<Unit> UnitsOf(std::string_view dimension);

/// `to = (from * factor + shift) / divisor` in whole numbers without a common divisor.
struct Conversion {
  std::int64_t factor = 1, shift = 0, divisor = 1;
};

/// An error where the two measure different things.
Result<Conversion> ConversionOf(const Unit& from, const Unit& to);

}  // namespace assay::step
