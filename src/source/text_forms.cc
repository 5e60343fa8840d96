#include "source/text_forms.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace assay::source {
namespace {

enum class Form { kText, kWhole, kBent, kFraction, kBool, kDate, kTime, kUtc };

bool IsDecimalDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t DigitsFrom(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && IsDecimalDigit(text[at + count])) ++count;
  return count;
}

Form FormOfWhole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return Form::kText;
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63, which is no int64
  const auto number = static_cast<double>(value);
  const bool is_exact = number < kBeyond && static_cast<std::int64_t>(number) == value;
  return is_exact ? Form::kWhole : Form::kBent;
}

// `-12`, `1.50`, `2e-7`; not `007`, `1.`, `.5`, `+1`.
Form FormOfNumber(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = DigitsFrom(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return Form::kText;
  at += whole;
  if (at == text.size()) return FormOfWhole(text);
  if (text[at] == '.') {
    const std::size_t digits = DigitsFrom(text, at + 1);
    if (digits == 0) return Form::kText;
    at += 1 + digits;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t digits = DigitsFrom(text, at);
    if (digits == 0) return Form::kText;
    at += digits;
  }
  if (at != text.size()) return Form::kText;
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && std::isfinite(value) ? Form::kFraction : Form::kText;
}

// The number of exactly `size` digits, or -1.
int NumberAt(std::string_view text, std::size_t at, std::size_t size) {
  if (at + size > text.size() || DigitsFrom(text.substr(at, size), 0) != size) return -1;
  int number = 0;
  for (const char c : text.substr(at, size)) number = 10 * number + (c - '0');
  return number;
}

bool IsBelow(int number, int limit) { return number >= 0 && number < limit; }

// `Z`, `+02`, `+02:00`, `-0530`
bool IsOffset(std::string_view text) {
  if (text == "Z") return true;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  if (!IsBelow(NumberAt(text, 1, 2), 15)) return false;
  if (text.size() == 3) return true;
  const std::size_t minutes = text[3] == ':' ? 4 : 3;
  return text.size() == minutes + 2 && IsBelow(NumberAt(text, minutes, 2), 60);
}

// `2024-02-29`, with `T` or a blank and `12:30:00.5` behind, and an offset behind that.
Form FormOfDay(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return Form::kText;
  const int year = NumberAt(text, 0, 4);
  const int month = NumberAt(text, 5, 2);
  const int day = NumberAt(text, 8, 2);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (year < 1 || month < 1 || day < 1 || !date.ok()) return Form::kText;
  if (text.size() == 10) return Form::kDate;
  if ((text[10] != 'T' && text[10] != ' ') || text.size() < 19) return Form::kText;
  const bool is_time = IsBelow(NumberAt(text, 11, 2), 24) && text[13] == ':' &&
                       IsBelow(NumberAt(text, 14, 2), 60) && text[16] == ':' &&
                       IsBelow(NumberAt(text, 17, 2), 60);
  if (!is_time) return Form::kText;
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    const std::size_t digits = DigitsFrom(text, at + 1);
    if (digits == 0 || digits > 6) return Form::kText;
    at += 1 + digits;
  }
  if (at == text.size()) return Form::kTime;
  return IsOffset(text.substr(at)) ? Form::kUtc : Form::kText;
}

Form FormOf(std::string_view text) {
  if (text == "true" || text == "false") return Form::kBool;
  const Form number = FormOfNumber(text);
  return number == Form::kText ? FormOfDay(text) : number;
}

}  // namespace

void TextForms::Note(std::string_view text) {
  if (has_text_) return;
  switch (FormOf(text)) {
    case Form::kBent:
      has_bent_ = true;
      [[fallthrough]];
    case Form::kWhole:
      has_whole_ = true;
      return;
    case Form::kFraction:
      has_fraction_ = true;
      return;
    case Form::kBool:
      has_bool_ = true;
      return;
    case Form::kDate:
      has_date_ = true;
      return;
    case Form::kTime:
      has_time_ = true;
      return;
    case Form::kUtc:
      has_utc_ = true;
      return;
    case Form::kText:
      has_text_ = true;
  }
}

Type TextForms::Common() const {
  const auto type = [](TypeKind kind) { return Type{kind, 0, 0, {}}; };
  const bool is_number = has_whole_ || has_fraction_;
  const bool is_day = has_date_ || has_time_;
  const int kinds = static_cast<int>(is_number) + static_cast<int>(has_bool_) +
                    static_cast<int>(is_day) + static_cast<int>(has_utc_);
  if (has_text_ || kinds != 1) return type(TypeKind::kString);
  if (has_bool_) return type(TypeKind::kBool);
  if (has_utc_) return type(TypeKind::kTimestampUtc);
  if (is_day) return type(has_time_ ? TypeKind::kTimestamp : TypeKind::kDate);
  if (!has_fraction_) return type(TypeKind::kInt64);
  return type(has_bent_ ? TypeKind::kString : TypeKind::kFloat64);
}

}  // namespace assay::source
