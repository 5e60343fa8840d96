#include "gate/age.h"

#include <limits>

#include "base/clock.h"
#include "contract/number_text.h"

namespace assay::gate {
namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
// So that a count of days does not overflow.
constexpr std::size_t kMostDigits = 7;

struct Unit {
  std::string_view name;  // of one
  std::int64_t micros;
};
constexpr Unit kUnits[] = {{"day", kDay}, {"hour", kHour}, {"minute", kMinute}};

// `a - b`, at most as far as the type goes.
std::int64_t Difference(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (!__builtin_sub_overflow(a, b, &result)) return result;
  return a < b ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

std::string Counted(std::int64_t number, std::string_view name) {
  return std::to_string(number) + " " + std::string(name) + (number == 1 ? "" : "s");
}

// The two largest units: `31 days 4 hours`, `1 hour`.
std::string SpanText(std::int64_t micros) {
  std::string text;
  int told = 0;
  for (const Unit& unit : kUnits) {
    const std::int64_t number = micros / unit.micros;
    micros %= unit.micros;
    if (number > 0 && told < 2) text += (text.empty() ? "" : " ") + Counted(number, unit.name);
    if (number > 0 || told > 0) ++told;
  }
  return text.empty() ? "less than a minute" : text;
}

}  // namespace

Result<std::int64_t> ParseAge(std::string_view text) {
  const Error error{ErrorCode::kUser, "not an age: " + std::string(text),
                    "write 30 days, 36 hours or 90 minutes"};
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos || digits > kMostDigits) return error;
  std::string_view name = text.substr(digits);
  while (name.starts_with(' ')) name.remove_prefix(1);
  if (name.ends_with('s')) name.remove_suffix(1);
  for (const Unit& unit : kUnits) {
    if (name != unit.name) continue;
    TRY_ASSIGN(const std::int64_t number, contract::ParseInteger(text.substr(0, digits)));
    return number * unit.micros;
  }
  return error;
}

bool IsTooOld(const AgeLimit& limit, std::int64_t newest) {
  return Difference(limit.at_micros, newest) > limit.at_most_micros;
}

std::string AgeWords(const AgeLimit& limit, std::int64_t newest) {
  const std::string moment = "newest " + UtcText(newest);
  const std::int64_t age = Difference(limit.at_micros, newest);
  if (age >= 0) return SpanText(age) + " old, " + moment;
  return moment + " lies " + SpanText(Difference(newest, limit.at_micros)) + " ahead";
}

}  // namespace assay::gate
