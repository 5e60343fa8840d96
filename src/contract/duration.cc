#include "contract/duration.h"

#include <array>
#include <vector>

#include "contract/number_text.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLongest = 36'500 * kDay;

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};

constexpr std::array kUnits = {
    Unit{"s", 1},           Unit{"sec", 1},          Unit{"second", 1},        Unit{"seconds", 1},
    Unit{"min", kMinute},   Unit{"minute", kMinute}, Unit{"minutes", kMinute}, Unit{"h", kHour},
    Unit{"hour", kHour},    Unit{"hours", kHour},    Unit{"day", kDay},        Unit{"days", kDay},
    Unit{"week", 7 * kDay}, Unit{"weeks", 7 * kDay},
};

Error NotADuration(std::string_view text) {
  return Error{ErrorCode::kUser, "not a span of time: " + std::string(text),
               "write a whole number and a unit, such as `90 days`, `12 hours` or `10 min`"};
}

}  // namespace

Result<Duration> ParseDuration(std::string_view text) {
  text = Trim(text);
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  const std::string_view number = text.substr(0, digits);
  const std::string_view unit = Trim(text.substr(digits));
  if (number.empty()) return NotADuration(text);
  if (unit.empty()) {
    return Error{ErrorCode::kUser, "a span of time needs a unit: " + std::string(text),
                 "write " + std::string(text) + " days, or s, min, hours, weeks"};
  }
  for (const Unit& each : kUnits) {
    if (each.name != unit) continue;
    const Result<std::int64_t> count = ParseInteger(number);
    if (!count.ok() || *count > kLongest / each.seconds) {
      return Error{ErrorCode::kUser, "a span of time is too long: " + std::string(text),
                   "the longest is 36500 days"};
    }
    return Duration{*count * each.seconds, std::string(number) + " " + std::string(unit)};
  }
  return NotADuration(text);
}

std::string DurationWords(std::int64_t seconds) {
  if (seconds < 0) return "-" + DurationWords(-seconds);
  struct Part {
    std::int64_t seconds;
    const char* one;
    const char* many;
  };
  constexpr std::array kParts = {Part{kDay, "day", "days"}, Part{kHour, "hour", "hours"},
                                 Part{kMinute, "min", "min"}, Part{1, "s", "s"}};
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    const auto words = [&](const Part& part) {
      const std::int64_t count = seconds / part.seconds;
      seconds %= part.seconds;
      return std::to_string(count) + " " + (count == 1 ? part.one : part.many);
    };
    if (seconds < kParts[i].seconds) continue;
    const std::string first = words(kParts[i]);
    if (i + 1 == kParts.size() || seconds < kParts[i + 1].seconds) return first;
    return first + " " + words(kParts[i + 1]);
  }
  return "0 s";
}

}  // namespace assay::contract
