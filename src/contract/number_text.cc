#include "contract/number_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/hash.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

// sign * 0.DIGITS * 10^exponent, without zeros at either end; zero has no digits.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

Decimal ParseDecimal(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), decimal.exponent);
    text = text.substr(0, e);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  decimal.exponent += static_cast<int>(point);
  decimal.digits = text.substr(0, point);
  if (point < text.size()) decimal.digits += text.substr(point + 1);
  const std::size_t zeros = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size());
  decimal.digits.erase(0, zeros);
  decimal.exponent -= static_cast<int>(zeros);
  while (decimal.digits.ends_with('0')) decimal.digits.pop_back();
  if (decimal.digits.empty()) return {};
  return decimal;
}

int CompareMagnitudes(const Decimal& a, const Decimal& b) {
  if (a.digits.empty() || b.digits.empty()) {
    return static_cast<int>(!a.digits.empty()) - static_cast<int>(!b.digits.empty());
  }
  if (a.exponent != b.exponent) return a.exponent < b.exponent ? -1 : 1;
  return a.digits.compare(b.digits);
}

std::size_t SkipDigits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// Reads `count` digits at `at` and the character `after` behind them ('\0': none).
bool TakeDigits(std::string_view& text, std::size_t count, int& value) {
  if (text.size() < count || !IsDigits(text.substr(0, count))) return false;
  std::from_chars(text.data(), text.data() + count, value);
  text.remove_prefix(count);
  return true;
}

bool TakeOne(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

// What may stand behind the seconds: a fraction, then `Z` or an offset.
bool IsTimeEnd(std::string_view text) {
  if (TakeOne(text, '.')) {
    const std::size_t digits = SkipDigits(text, 0);
    if (digits == 0 || digits > 6) return false;
    text.remove_prefix(digits);
  }
  if (text.empty() || text == "Z") return true;
  if (!TakeOne(text, '+') && !TakeOne(text, '-')) return false;
  int hours = 0;
  int minutes = 0;
  return TakeDigits(text, 2, hours) && TakeOne(text, ':') && TakeDigits(text, 2, minutes) &&
         text.empty() && hours <= 23 && minutes <= 59;
}

}  // namespace

bool IsDigits(std::string_view text) { return !text.empty() && SkipDigits(text, 0) == text.size(); }

bool IsNumber(std::string_view text) {
  if (text.size() > 100) return false;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t whole = SkipDigits(text, 0);
  std::size_t at = whole;
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = SkipDigits(text, at + 1);
    fraction = end - at - 1;
    at = end;
  }
  if (whole + fraction == 0) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  std::string_view power = text.substr(at + 1);
  if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
  return IsDigits(power) && power.size() <= 3;
}

int CompareNumbers(std::string_view a, std::string_view b) {
  const Decimal left = ParseDecimal(a);
  const Decimal right = ParseDecimal(b);
  if (left.negative != right.negative) return left.negative ? -1 : 1;
  const int order = CompareMagnitudes(left, right);
  return left.negative ? -order : order;
}

std::string MultiplyNumber(std::string_view number, std::int64_t factor) {
  const Decimal decimal = ParseDecimal(number);
  if (decimal.digits.empty() || factor == 0) return "0";
  // Digit by digit from the right; the carry of a 64-bit factor fits into 128 bits.
  const auto magnitude = factor < 0 ? -static_cast<Uint128>(factor) : static_cast<Uint128>(factor);
  std::string product;
  Uint128 carry = 0;
  for (std::size_t i = decimal.digits.size(); i > 0 || carry > 0;) {
    if (i > 0) carry += magnitude * static_cast<Uint128>(decimal.digits[--i] - '0');
    product.push_back(static_cast<char>('0' + static_cast<int>(carry % 10)));
    carry /= 10;
  }
  std::reverse(product.begin(), product.end());
  const auto power = decimal.exponent - static_cast<int>(decimal.digits.size());
  const bool negative = decimal.negative != (factor < 0);
  return (negative ? "-" : "") + product + "e" + std::to_string(power);
}

std::string PlainNumber(std::string_view number) {
  constexpr int kMaxDigits = 60;
  const Decimal decimal = ParseDecimal(number);
  if (decimal.digits.empty()) return "0";
  const int digits = static_cast<int>(decimal.digits.size());
  if (decimal.exponent > kMaxDigits || digits - decimal.exponent > kMaxDigits) {
    return std::string(number);
  }
  std::string whole = decimal.digits;
  std::string fraction;
  if (decimal.exponent <= 0) {
    fraction = std::string(static_cast<std::size_t>(-decimal.exponent), '0') + decimal.digits;
    whole = "0";
  } else if (decimal.exponent >= digits) {
    whole.append(static_cast<std::size_t>(decimal.exponent - digits), '0');
  } else {
    fraction = whole.substr(static_cast<std::size_t>(decimal.exponent));
    whole.resize(static_cast<std::size_t>(decimal.exponent));
  }
  return (decimal.negative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

std::string RoundedNumber(std::string_view number, int digits) {
  std::string text(number);
  if (!IsNumber(number) || number.find_first_of(".eE") == std::string_view::npos) return text;
  const double value = std::strtod(text.c_str(), nullptr);
  char rounded[64];
  // Digits before the point are never rounded away.
  const bool is_great = std::abs(value) >= std::pow(10.0, digits) && std::abs(value) < 1e15;
  if (is_great) {
    std::snprintf(rounded, sizeof rounded, "%.0f", value);
  } else {
    std::snprintf(rounded, sizeof rounded, "%.*g", digits, value);
  }
  return rounded;
}

Result<std::int64_t> ParseInteger(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (!IsDigits(digits)) {
    return Error{ErrorCode::kUser, "not a whole number: " + std::string(text),
                 "write digits alone, such as 100"};
  }
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || value > kMaxInteger || value < -kMaxInteger) {
    return Error{ErrorCode::kUser, "number is too large: " + std::string(text),
                 "the largest is 9007199254740991"};
  }
  return value;
}

Result<std::int64_t> ParseShare(std::string_view text) {
  std::string_view number = Trim(text);
  if (!number.ends_with('%')) {
    return Error{ErrorCode::kUser, "not a percentage: " + std::string(text), "write 80 %"};
  }
  number = Trim(number.substr(0, number.size() - 1));
  const std::size_t whole = SkipDigits(number, 0);
  const std::string_view fraction =
      whole < number.size() && number[whole] == '.' ? number.substr(whole + 1) : "";
  const bool has_point = whole < number.size();
  if (whole == 0 || (has_point && !IsDigits(fraction))) {
    return Error{ErrorCode::kUser, "not a percentage: " + std::string(text), "write 80 %"};
  }
  if (fraction.size() > 4) {
    return Error{ErrorCode::kUser, "percentage has more than 4 decimals: " + std::string(text),
                 "round it"};
  }
  if (CompareNumbers(number, "100") > 0) {
    return Error{ErrorCode::kUser, "percentage is above 100 %: " + std::string(text), ""};
  }
  std::string scaled = std::string(number.substr(0, whole)) + std::string(fraction);
  scaled.append(4 - fraction.size(), '0');
  std::int64_t millionths = 0;
  for (const char digit : scaled) millionths = millionths * 10 + (digit - '0');
  return millionths;
}

bool IsNumberOrPercent(std::string_view text, bool& percent) {
  percent = text.ends_with('%');
  return IsNumber(percent ? Trim(text.substr(0, text.size() - 1)) : text);
}

Result<std::string> ParseTime(std::string_view text) {
  const Error error{ErrorCode::kUser, "not a date or timestamp: " + std::string(text),
                    "write 2001-05-01 or 2001-05-01T09:00:00Z"};
  std::string_view rest = text;
  int year = 0;
  int month = 0;
  int day = 0;
  if (!TakeDigits(rest, 4, year) || !TakeOne(rest, '-') || !TakeDigits(rest, 2, month) ||
      !TakeOne(rest, '-') || !TakeDigits(rest, 2, day)) {
    return error;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return error;
  const std::string date_text(text.substr(0, text.size() - rest.size()));
  if (rest.empty()) return date_text;
  if (!TakeOne(rest, 'T') && !TakeOne(rest, ' ')) return error;
  const std::string_view clock = rest.substr(0, 5);
  int hours = 0;
  int minutes = 0;
  if (!TakeDigits(rest, 2, hours) || !TakeOne(rest, ':') || !TakeDigits(rest, 2, minutes) ||
      hours > 23 || minutes > 59) {
    return error;
  }
  int seconds = 0;
  if (TakeOne(rest, ':') && (!TakeDigits(rest, 2, seconds) || seconds > 59)) return error;
  if (!IsTimeEnd(rest)) return error;
  const std::string second_text = (seconds < 10 ? ":0" : ":") + std::to_string(seconds);
  return date_text + "T" + std::string(clock) + second_text + std::string(rest);
}

std::int64_t TimeMicros(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t count) {
    std::int64_t value = 0;
    std::from_chars(text.data() + at, text.data() + at + count, value);
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(number(0, 4))},
                                         std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  constexpr std::int64_t kMinute = 60'000'000;
  std::int64_t micros = std::chrono::sys_days(date).time_since_epoch().count() * 24 * 60 * kMinute;
  if (text.size() == 10) return micros;
  micros += number(11, 2) * 60 * kMinute + number(14, 2) * kMinute + number(17, 2) * 1'000'000;
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = SkipDigits(text, at + 1);
    std::string fraction(text.substr(at + 1, end - at - 1));
    fraction.resize(6, '0');
    micros += std::strtoll(fraction.c_str(), nullptr, 10);
    at = end;
  }
  if (at < text.size() && text[at] != 'Z') {
    const std::int64_t offset = (number(at + 1, 2) * 60 + number(at + 4, 2)) * kMinute;
    micros -= text[at] == '-' ? -offset : offset;
  }
  return micros;
}

int CompareTimes(std::string_view a, std::string_view b) {
  const std::int64_t left = TimeMicros(a);
  const std::int64_t right = TimeMicros(b);
  return static_cast<int>(left > right) - static_cast<int>(left < right);
}

}  // namespace assay::contract
