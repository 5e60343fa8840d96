#include "source/number_format.h"

#include <chrono>
#include <cmath>
#include <cstdio>

#include "base/letter_case.h"

namespace assay::source {
namespace {

constexpr double kMillisecondsOfDay = 86'400'000;

// What the letters of a format's first section say.
struct FormatLetters {
  bool day = false;      // y, d, e, g, b
  bool month = false;    // m that is no minute
  bool time = false;     // h, s, AM/PM, minutes
  bool elapsed = false;  // [h]
};

bool IsElapsed(std::string_view inner) {
  return !inner.empty() && (inner.find_first_not_of('h') == std::string_view::npos ||
                            inner.find_first_not_of('m') == std::string_view::npos ||
                            inner.find_first_not_of('s') == std::string_view::npos);
}

class FormatScanner {
 public:
  explicit FormatScanner(std::string_view code) : code_(code) {}

  FormatLetters Scan() {
    while (at_ < code_.size() && code_[at_] != ';') Step();
    EndMonths();
    return letters_;
  }

 private:
  void Step() {
    const char c = code_[at_];
    if (c == '"') {
      at_ = std::min(code_.find('"', at_ + 1), code_.size() - 1) + 1;
    } else if (c == '\\' || c == '_' || c == '*') {
      at_ += 2;
    } else if (c == '[') {
      const std::size_t end = std::min(code_.find(']', at_), code_.size());
      if (IsElapsed(code_.substr(at_ + 1, end - at_ - 1))) letters_.elapsed = true;
      at_ = end + 1;
    } else if (code_.substr(at_).starts_with("am/pm") || code_.substr(at_).starts_with("a/p")) {
      letters_.time = true;
      at_ += code_[at_ + 1] == 'm' ? 5 : 3;
    } else if (code_.substr(at_).starts_with("general")) {
      at_ += 7;
    } else if (c == 'e' && at_ + 1 < code_.size() &&
               (code_[at_ + 1] == '+' || code_[at_ + 1] == '-')) {
      at_ += 2;  // 0.00E+00
    } else {
      TakeLetter(c);
      ++at_;
    }
  }

  void TakeLetter(char c) {
    switch (c) {
      case 'm':
        has_months_ = true;
        return;
      case 'h':
        EndMonths();
        letters_.time = is_behind_hours_ = true;
        return;
      case 's':
        if (has_months_) letters_.time = true;  // minutes stand before seconds
        has_months_ = false;
        letters_.time = true;
        return;
      case 'y':
      case 'd':
      case 'e':
      case 'g':
      case 'b':
        EndMonths();
        is_behind_hours_ = false;
        letters_.day = true;
        return;
      default:
        return;
    }
  }

  // Behind hours they are minutes.
  void EndMonths() {
    if (!has_months_) return;
    has_months_ = false;
    (is_behind_hours_ ? letters_.time : letters_.month) = true;
    is_behind_hours_ = false;
  }

  std::string_view code_;
  std::size_t at_ = 0;
  FormatLetters letters_;
  bool has_months_ = false;
  bool is_behind_hours_ = false;
};

std::string TwoDigits(long long number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string TimeText(long long milliseconds) {
  const long long seconds = milliseconds / 1000;
  std::string text = TwoDigits(seconds / 3600) + ":" + TwoDigits(seconds / 60 % 60) + ":" +
                     TwoDigits(seconds % 60);
  const long long rest = milliseconds % 1000;
  if (rest == 0) return text;
  const std::string digits = std::to_string(1000 + rest).substr(1);
  return text + "." + digits.substr(0, digits.find_last_not_of('0') + 1);
}

std::string DayText(long long days, bool from_1904) {
  using namespace std::chrono;  // NOLINT: calendar arithmetic alone
  // Behind the day that never was, the count is one ahead.
  const sys_days epoch = from_1904   ? sys_days(year{1904} / January / 1)
                         : days < 60 ? sys_days(year{1899} / December / 31)
                                     : sys_days(year{1899} / December / 30);
  const year_month_day day(epoch + std::chrono::days(days));
  return std::to_string(static_cast<int>(day.year())) + "-" +
         TwoDigits(static_cast<unsigned>(day.month())) + "-" +
         TwoDigits(static_cast<unsigned>(day.day()));
}

}  // namespace

FormatMeaning MeaningOfFormat(std::string_view code) {
  const std::string lower = Lower(code);
  const FormatLetters letters = FormatScanner(lower).Scan();
  if (letters.elapsed) return FormatMeaning::kNumber;
  const bool is_day = letters.day || letters.month;
  if (is_day) return letters.time ? FormatMeaning::kMoment : FormatMeaning::kDay;
  return letters.time ? FormatMeaning::kTime : FormatMeaning::kNumber;
}

FormatMeaning MeaningOfBuiltInFormat(int id) {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58)) {
    return FormatMeaning::kDay;
  }
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47) {
    return FormatMeaning::kTime;
  }
  return id == 22 ? FormatMeaning::kMoment : FormatMeaning::kNumber;
}

FormattedDay FormatDay(double days, FormatMeaning meaning, bool from_1904) {
  constexpr double kBehindTheLast = 2'958'466;  // 10000-01-01
  const double behind = from_1904 ? kBehindTheLast - 1462 : kBehindTheLast;
  if (!(days >= 0 && days < behind)) return {meaning, ""};
  const double whole = std::floor(days);
  auto day = static_cast<long long>(whole);
  auto milliseconds = static_cast<long long>(std::round((days - whole) * kMillisecondsOfDay));
  if (milliseconds == static_cast<long long>(kMillisecondsOfDay)) {
    ++day;
    milliseconds = 0;
  }
  const bool has_time = meaning == FormatMeaning::kTime || meaning == FormatMeaning::kMoment;
  if (has_time && days < 1 && (meaning == FormatMeaning::kTime || !from_1904)) {
    return {FormatMeaning::kTime, day == 0 ? TimeText(milliseconds) : ""};
  }
  const bool is_day = meaning == FormatMeaning::kDay && milliseconds == 0;
  const FormatMeaning found = is_day ? FormatMeaning::kDay : FormatMeaning::kMoment;
  const bool is_none = !from_1904 && (day == 0 || day == 60);
  if (is_none || static_cast<double>(day) >= behind) return {found, ""};
  const std::string text = DayText(day, from_1904);
  return {found, is_day ? text : text + " " + TimeText(milliseconds)};
}

}  // namespace assay::source
