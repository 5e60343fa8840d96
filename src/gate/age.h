/// How old the newest row may be. Pure: the time of the judgement comes in as a number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::gate {

struct AgeLimit {
  std::int64_t at_most_micros = 0;
  std::string at_most;         ///< as declared: `30 days`
  std::int64_t at_micros = 0;  ///< when it is judged, since 1970 in UTC
  bool is_fixed = false;       ///< `at` was declared, so a later look changes nothing
};

/// Microseconds of `30 days`, `36 hours`, `90 minutes` (also `1 day`); whole numbers.
Result<std::int64_t> ParseAge(std::string_view text);

/// True when rows whose newest is of this moment (microseconds since 1970, UTC) are older than
/// allowed. A moment that is still to come is not.
bool IsTooOld(const AgeLimit& limit, std::int64_t newest);

/// `31 days 4 hours old, newest 2001-06-30T23:59:00Z`, or `newest ... lies 2 days ahead`.
std::string AgeWords(const AgeLimit& limit, std::int64_t newest);

}  // namespace assay::gate
