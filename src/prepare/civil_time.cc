#include "prepare/civil_time.h"

#include <cstdio>

namespace assay::prepare {
namespace {

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Takes `count` digits off the front.
bool TakeDigits(std::string_view& text, std::size_t count, int& value) {
  if (text.size() < count) return false;
  value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool TakeChar(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

bool IsLeap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysOfMonth(std::int64_t year, int month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// `09:00[:00[.123456]]` in microseconds.
bool TakeClock(std::string_view& text, std::int64_t& micros) {
  int hour = 0, minute = 0, second = 0;
  if (!TakeDigits(text, 2, hour) || !TakeChar(text, ':') || !TakeDigits(text, 2, minute)) {
    return false;
  }
  std::int64_t fraction = 0;
  if (TakeChar(text, ':')) {
    if (!TakeDigits(text, 2, second)) return false;
    if (TakeChar(text, '.')) {
      std::int64_t unit = 100'000;
      std::size_t digits = 0;
      for (; !text.empty() && text[0] >= '0' && text[0] <= '9' && digits < 6; ++digits) {
        fraction += (text[0] - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
      }
      if (digits == 0) return false;
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  micros = ((hour * 60 + minute) * 60 + second) * std::int64_t{1'000'000} + fraction;
  return true;
}

// `Z`, `+02:00`; true also where there is none.
bool TakeZone(std::string_view& text, Moment& moment) {
  if (text.empty()) return true;
  moment.has_zone = true;
  if (TakeChar(text, 'Z')) return true;
  const bool west = text[0] == '-';
  if (!west && text[0] != '+') return false;
  text.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (!TakeDigits(text, 2, hours) || !TakeChar(text, ':') || !TakeDigits(text, 2, minutes) ||
      hours > 15 || minutes > 59) {
    return false;
  }
  const std::int64_t offset = (hours * 60 + minutes) * std::int64_t{60'000'000};
  moment.micros += west ? offset : -offset;
  return true;
}

}  // namespace

std::int64_t DaysFromCivil(const CivilDate& date) {
  // Years begin in March, so that the leap day is the last.
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = FloorDivide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate CivilFromDays(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = FloorDivide(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

int WeekdayOf(std::int64_t days) {
  // 1970-01-01 was a Thursday.
  const std::int64_t from_monday = days + 3;
  return static_cast<int>(from_monday - FloorDivide(from_monday, 7) * 7) + 1;
}

int DayOfYear(std::int64_t days) {
  return static_cast<int>(days - DaysFromCivil({CivilFromDays(days).year, 1, 1})) + 1;
}

int WeekOf(std::int64_t days) {
  const std::int64_t thursday = days - WeekdayOf(days) + 4;
  return (DayOfYear(thursday) - 1) / 7 + 1;
}

std::optional<Moment> ParseMoment(std::string_view text) {
  int year = 0, month = 0, day = 0;
  if (!TakeDigits(text, 4, year) || !TakeChar(text, '-') || !TakeDigits(text, 2, month) ||
      !TakeChar(text, '-') || !TakeDigits(text, 2, day)) {
    return std::nullopt;
  }
  if (month < 1 || month > 12 || day < 1 || day > DaysOfMonth(year, month)) return std::nullopt;
  Moment moment;
  moment.micros = DaysFromCivil({year, month, day}) * kMicrosPerDay;
  if (text.empty()) return moment;
  if (!TakeChar(text, 'T') && !TakeChar(text, ' ')) return std::nullopt;
  std::int64_t clock = 0;
  if (!TakeClock(text, clock)) return std::nullopt;
  moment.micros += clock;
  if (!TakeZone(text, moment) || !text.empty()) return std::nullopt;
  return moment;
}

std::string DateText(std::int64_t days) {
  const CivilDate date = CivilFromDays(days);
  char text[40];
  std::snprintf(text, sizeof text, "%04lld-%02d-%02d", static_cast<long long>(date.year),
                date.month, date.day);
  return text;
}

std::string MomentText(std::int64_t micros) {
  const std::int64_t days = FloorDivide(micros, kMicrosPerDay);
  const std::int64_t of_day = micros - days * kMicrosPerDay;
  const auto seconds = static_cast<int>(of_day / 1'000'000);
  const auto fraction = static_cast<int>(of_day % 1'000'000);
  char text[40];
  std::snprintf(text, sizeof text, " %02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                seconds % 60);
  std::string all = DateText(days) + text;
  if (fraction == 0) return all;
  std::snprintf(text, sizeof text, ".%06d", fraction);
  return all + text;
}

}  // namespace assay::prepare
