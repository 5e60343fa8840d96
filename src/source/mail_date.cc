// Dates of e-mails.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "base/letter_case.h"
#include "source/mail_message.h"

namespace assay::source {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

// Words without comments in parentheses; commas end words.
std::vector<std::string> DateWords(std::string_view text) {
  std::vector<std::string> words(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    const bool is_between =
        depth > 0 || c == ' ' || c == '\t' || c == ',' || c == '\r' || c == '\n';
    if (c == ')' && depth > 0) --depth;
    if (!is_between) words.back() += c;
    if (is_between && !words.back().empty()) words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::optional<int> DateNumber(std::string_view text, std::size_t most_digits) {
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + (c - '0');
  }
  return number;
}

std::optional<unsigned> MonthOf(std::string_view word) {
  const std::string name = Lower(word.substr(0, 3));
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (name == kMonths[i]) return i + 1;
  }
  return std::nullopt;
}

// Minutes east of Greenwich.
std::optional<int> ZoneOf(const std::string& word) {
  struct Zone {
    std::string_view name;
    int minutes;
  };
  constexpr std::array kZones = {Zone{"ut", 0},     Zone{"utc", 0},    Zone{"gmt", 0},
                                 Zone{"z", 0},      Zone{"est", -300}, Zone{"edt", -240},
                                 Zone{"cst", -360}, Zone{"cdt", -300}, Zone{"mst", -420},
                                 Zone{"mdt", -360}, Zone{"pst", -480}, Zone{"pdt", -420}};
  const std::string name = Lower(word);
  for (const Zone& zone : kZones) {
    if (zone.name == name) return zone.minutes;
  }
  const bool has_sign = word.starts_with('+') || word.starts_with('-');
  if (!has_sign || word.size() != 5) return std::nullopt;
  const auto number = DateNumber(word.substr(1), 4);
  if (!number || *number % 100 > 59 || *number > 1500) return std::nullopt;
  const int minutes = *number / 100 * 60 + *number % 100;
  return word[0] == '-' ? -minutes : minutes;
}

// Seconds of `11:26:25`, `9:05`.
std::optional<int> TimeOf(std::string_view word) {
  int seconds = 0;
  int parts = 0;
  for (const int limit : {24, 60, 60}) {
    const std::size_t end = std::min(word.find(':'), word.size());
    const auto number = DateNumber(word.substr(0, end), 2);
    if (!number || *number >= limit) return std::nullopt;
    seconds = seconds * 60 + *number;
    ++parts;
    if (end == word.size()) break;
    if (parts == 3) return std::nullopt;
    word.remove_prefix(end + 1);
  }
  if (parts < 2) return std::nullopt;
  return parts == 2 ? seconds * 60 : seconds;
}

// RFC 5322, 4.3: years of two digits are of 1950 to 2049, those of three count from 1900.
std::optional<int> YearOf(std::string_view word) {
  const auto year = DateNumber(word, 4);
  if (!year) return std::nullopt;
  if (word.size() == 2) return *year < 50 ? 2000 + *year : 1900 + *year;
  if (word.size() == 3) return 1900 + *year;
  return word.size() == 4 ? year : std::nullopt;
}

struct DateParts {
  std::string_view day, month, year, time;
  std::string zone;
};

std::optional<std::string> InUtc(const DateParts& parts) {
  namespace chrono = std::chrono;
  const auto day = DateNumber(parts.day, 2);
  const auto month = MonthOf(parts.month);
  const auto year = YearOf(parts.year);
  const auto seconds = TimeOf(parts.time);
  const auto zone = ZoneOf(parts.zone);
  if (!day || !month || !year || !seconds || !zone) return std::nullopt;
  const chrono::year_month_day date{chrono::year{*year}, chrono::month{*month},
                                    chrono::day{static_cast<unsigned>(*day)}};
  if (*year < 1900 || !date.ok()) return std::nullopt;
  const chrono::sys_seconds moment =
      chrono::sys_days{date} + chrono::seconds{*seconds} - chrono::minutes{*zone};
  const auto midnight = chrono::floor<chrono::days>(moment);
  const chrono::year_month_day utc{midnight};
  const auto time = (moment - midnight).count();
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d+00",
                static_cast<int>(utc.year()), static_cast<unsigned>(utc.month()),
                static_cast<unsigned>(utc.day()), static_cast<int>(time / 3600),
                static_cast<int>(time / 60 % 60), static_cast<int>(time % 60));
  return std::string(text.data());
}

}  // namespace

std::optional<std::string> MailDateInUtc(std::string_view text) {
  std::vector<std::string> words = DateWords(text);
  if (!words.empty() && words[0].find_first_of("0123456789") == std::string::npos &&
      !(words.size() > 1 && MonthOf(words[0]) && DateNumber(words[1], 2))) {
    words.erase(words.begin());  // the day of the week
  }
  // `22-Aug-2002`
  if (!words.empty() && std::count(words[0].begin(), words[0].end(), '-') == 2) {
    const std::string date = words[0];
    const std::size_t first = date.find('-');
    const std::size_t second = date.find('-', first + 1);
    words.erase(words.begin());
    words.insert(words.begin(), {date.substr(0, first), date.substr(first + 1, second - first - 1),
                                 date.substr(second + 1)});
  }
  if (words.size() < 5) return std::nullopt;
  if (MonthOf(words[0])) {  // `Aug 22 11:26:25 2002 GMT`, `Aug 22 11:26:25 GMT 2002`
    const bool has_zone_last = !ZoneOf(words[3]) || DateNumber(words[3], 4);
    return has_zone_last ? InUtc({words[1], words[0], words[3], words[2], words[4]})
                         : InUtc({words[1], words[0], words[4], words[2], words[3]});
  }
  return InUtc({words[0], words[1], words[2], words[3], words[4]});
}

}  // namespace assay::source
