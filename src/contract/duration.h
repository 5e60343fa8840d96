/// Spans of time as a person writes them: `90 days`, `10 min`, `12 hours`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::contract {

struct Duration {
  std::int64_t seconds = 0;
  std::string text;  ///< as declared, with single spaces: `90 days`
};

/// A whole number and a unit: `s`, `sec`, `min`, `h`, or second, minute, hour, day and week, also
/// in the plural. At most 36,500 days. A number without a unit is an error with a hint.
Result<Duration> ParseDuration(std::string_view text);

/// Seconds in the two largest units that say something: `31 days 4 hours`, `-5 min`, `0 s`.
std::string DurationWords(std::int64_t seconds);

}  // namespace assay::contract
