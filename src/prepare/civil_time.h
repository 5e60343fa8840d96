/// The proleptic Gregorian calendar in UTC, for any moment of 64 bits of microseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::prepare {

inline constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
};

/// Days since 1970-01-01 (H. Hinnant, chrono-Compatible Low-Level Date Algorithms, 2013).
std::int64_t DaysFromCivil(const CivilDate& date);
CivilDate CivilFromDays(std::int64_t days);
/// 1 Monday to 7 Sunday (ISO 8601).
int WeekdayOf(std::int64_t days);
/// 1 to 366.
int DayOfYear(std::int64_t days);
/// 1 to 53 (ISO 8601: week 1 holds the year's first Thursday).
int WeekOf(std::int64_t days);

struct Moment {
  std::int64_t micros = 0;  ///< since 1970-01-01T00:00:00Z
  bool has_zone = false;
};

/// `2001-05-01`, `2001-05-01T09:00`, `2001-05-01 09:00:00.123456Z`, `...+02:00`; nothing for what
/// is no moment.
std::optional<Moment> ParseMoment(std::string_view text);

/// `2001-05-01`.
std::string DateText(std::int64_t days);
/// `2001-05-01 09:00:00`, with microseconds where there are any.
std::string MomentText(std::int64_t micros);

}  // namespace assay::prepare
