#include "source/written_number.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/letter_case.h"

namespace assay::source {
namespace {

struct NamedForm {
  const char* name;
  NumberForm form;
};
constexpr std::array kNamedForms = {
    NamedForm{"number", NumberForm::kNumber}, NamedForm{"scaled", NumberForm::kScaled},
    NamedForm{"money", NumberForm::kMoney}, NamedForm{"percent", NumberForm::kPercent},
    NamedForm{"fraction", NumberForm::kFraction}};

constexpr std::array<std::string_view, 8> kBlanks = {
    " ", "\t", "\r", "\n", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe2\x80\x87"};
constexpr std::array<std::string_view, 6> kFootnotes = {"*",        "\xe2\x80\xa0", "\xe2\x80\xa1",
                                                        "\xc2\xa7", "\xc2\xb6",     "#"};
constexpr std::array<std::string_view, 17> kCurrencies = {"US$",
                                                          "CA$",
                                                          "AU$",
                                                          "R$",
                                                          "C$",
                                                          "A$",
                                                          "$",
                                                          "\xe2\x82\xac",
                                                          "\xc2\xa3",
                                                          "\xc2\xa5",
                                                          "\xe2\x82\xb9",
                                                          "\xe2\x82\xa9",
                                                          "\xe2\x82\xbd",
                                                          "\xe2\x82\xba",
                                                          "\xe2\x82\xb4",
                                                          "\xe2\x82\xaa",
                                                          "\xc2\xa2"};

// Codes of ISO 4217 that are often written, and short words.
constexpr std::array<std::string_view, 38> kCurrencyWords = {
    "USD", "EUR", "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK",      "ISK",
    "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "INR", "PKR", "KRW", "SGD",      "HKD",
    "TWD", "THB", "IDR", "MYR", "PHP", "BRL", "MXN", "ARS", "ZAR", "ILS", "kr",  "z\xc5\x82"};

struct PowerWord {
  std::string_view word;  // in lower case
  int zeros;
};
constexpr std::array kPowerWords = {
    PowerWord{"thousand", 3},  PowerWord{"million", 6}, PowerWord{"billion", 9},
    PowerWord{"trillion", 12}, PowerWord{"bn", 9},      PowerWord{"mn", 6},
    PowerWord{"mm", 6},        PowerWord{"k", 3},       PowerWord{"m", 6},
    PowerWord{"b", 9},         PowerWord{"t", 12}};

bool IsDigitChar(char c) { return c >= '0' && c <= '9'; }

template <typename Words>
bool TakeFirst(std::string_view& text, const Words& words) {
  for (const std::string_view word : words) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(word.size());
    return true;
  }
  return false;
}

template <typename Words>
bool TakeLast(std::string_view& text, const Words& words) {
  for (const std::string_view word : words) {
    if (!text.ends_with(word)) continue;
    text.remove_suffix(word.size());
    return true;
  }
  return false;
}

bool TrimBlanks(std::string_view& text) {
  bool trimmed = false;
  while (TakeFirst(text, kBlanks)) trimmed = true;
  while (TakeLast(text, kBlanks)) trimmed = true;
  return trimmed;
}

bool TakeCurrency(std::string_view& text) {
  return TakeFirst(text, kCurrencies) || TakeLast(text, kCurrencies) ||
         TakeFirst(text, kCurrencyWords) || TakeLast(text, kCurrencyWords);
}

// `[1]`, `[a]` behind a number.
bool TakeReference(std::string_view& text) {
  if (!text.ends_with(']')) return false;
  const std::size_t open = text.rfind('[');
  if (open == std::string_view::npos || text.size() - open > 6) return false;
  text.remove_suffix(text.size() - open);
  return true;
}

// Digits and marks, without a sign, as a plain number.
class DigitsReader {
 public:
  DigitsReader(std::string_view text, const NumberMarks& marks) : text_(text), marks_(marks) {}

  bool Read() {
    if (!ReadWhole() || !ReadDecimals()) return false;
    return ReadExponent() && at_ == text_.size();
  }

  bool had_thousands() const { return had_thousands_; }
  bool had_decimal() const { return had_decimal_; }
  const std::string& whole() const { return whole_; }
  const std::string& decimals() const { return decimals_; }
  int exponent() const { return exponent_; }

 private:
  bool IsDigitAt(std::size_t at) const { return at < text_.size() && IsDigitChar(text_[at]); }

  // The length of the thousands mark that stands here.
  std::size_t MarkSize() const {
    const std::string_view rest = text_.substr(at_);
    if (marks_.thousands.empty()) return 0;
    if (rest.starts_with(marks_.thousands)) return marks_.thousands.size();
    if (marks_.thousands == "'" && rest.starts_with("\xe2\x80\x99")) return 3;
    if (marks_.thousands != " ") return 0;
    for (const std::string_view blank : kBlanks) {
      if (blank.size() > 1 && rest.starts_with(blank)) return blank.size();
    }
    return 0;
  }

  void TakeDigits(std::string& digits) {
    while (IsDigitAt(at_)) digits += text_[at_++];
  }

  // Groups of three behind the first, where there are groups.
  bool ReadWhole() {
    TakeDigits(whole_);
    if (whole_.empty() || whole_.size() > 3) return true;
    for (;;) {
      const std::size_t mark = MarkSize();
      if (mark == 0 || !IsDigitAt(at_ + mark)) return true;
      at_ += mark;
      const std::size_t before = whole_.size();
      TakeDigits(whole_);
      if (whole_.size() - before != 3) return false;
      had_thousands_ = true;
    }
  }

  bool ReadDecimals() {
    if (at_ < text_.size() && text_[at_] == marks_.decimal) {
      ++at_;
      had_decimal_ = marks_.decimal != '.';
      TakeDigits(decimals_);
    }
    return !whole_.empty() || !decimals_.empty();
  }

  bool ReadExponent() {
    if (at_ == text_.size() || (text_[at_] != 'e' && text_[at_] != 'E')) return true;
    std::size_t first = at_ + 1;
    const bool has_sign = first < text_.size() && (text_[first] == '-' || text_[first] == '+');
    const bool negative = has_sign && text_[first] == '-';
    if (has_sign) ++first;
    std::size_t last = first;
    while (IsDigitAt(last)) ++last;
    if (last == first || last - first > 3) return false;
    exponent_ = std::atoi(std::string(text_.substr(first, last - first)).c_str());
    if (negative) exponent_ = -exponent_;
    at_ = last;
    return true;
  }

  std::string_view text_;
  const NumberMarks& marks_;
  std::size_t at_ = 0;
  bool had_thousands_ = false, had_decimal_ = false;
  std::string whole_, decimals_;
  int exponent_ = 0;
};

// Moves the decimal mark to the right, or to the left where `places` is negative.
void MoveMark(std::string& whole, std::string& decimals, int places) {
  for (; places > 0; --places) {
    whole += decimals.empty() ? '0' : decimals[0];
    if (!decimals.empty()) decimals.erase(0, 1);
  }
  for (; places < 0; ++places) {
    decimals.insert(decimals.begin(), whole.empty() ? '0' : whole.back());
    if (!whole.empty()) whole.pop_back();
  }
}

// What stands around the digits, taken off from the outside to the inside.
class Surroundings {
 public:
  Surroundings(std::string_view text, NumberForm form) : text_(text), form_(form) {}

  void TakeOff(NumberChanges& changes) {
    for (;;) {
      TrimBlanks(text_);
      if (TakeSign()) continue;
      if (form_ == NumberForm::kMarked) return;
      if (TakeFootnote() || TakeParentheses()) {
        changes.lost_signs = true;
      } else if (TakeUnit()) {
        changes.lost_unit = true;
      } else {
        return;
      }
    }
  }

  std::string_view text() const { return text_; }
  bool is_negative() const { return is_negative_; }
  int zeros() const { return zeros_; }

 private:
  bool TakeSign() {
    constexpr std::array<std::string_view, 2> kMinus = {"-", "\xe2\x88\x92"};
    constexpr std::array<std::string_view, 1> kPlus = {"+"};
    if (has_sign_) return false;
    is_negative_ = TakeFirst(text_, kMinus);
    has_sign_ = is_negative_ || TakeFirst(text_, kPlus);
    // As accountants write it.
    if (!has_sign_ && form_ != NumberForm::kMarked && TakeLast(text_, kMinus)) {
      has_sign_ = is_negative_ = true;
    }
    return has_sign_;
  }

  bool TakeFootnote() {
    return TakeFirst(text_, kFootnotes) || TakeLast(text_, kFootnotes) || TakeReference(text_);
  }

  bool TakeParentheses() {
    if (has_sign_ || text_.size() < 3 || text_.front() != '(' || text_.back() != ')') return false;
    text_ = text_.substr(1, text_.size() - 2);
    has_sign_ = is_negative_ = true;
    return true;
  }

  bool TakeUnit() {
    const bool is_percent = form_ == NumberForm::kPercent || form_ == NumberForm::kFraction;
    if (is_percent && !has_unit_ && text_.ends_with('%')) {
      text_.remove_suffix(1);
      if (form_ == NumberForm::kFraction) zeros_ = -2;
      return has_unit_ = true;
    }
    if (form_ == NumberForm::kMoney && !has_unit_ && TakeCurrency(text_)) return has_unit_ = true;
    if (form_ != NumberForm::kMoney && form_ != NumberForm::kScaled) return false;
    return !has_power_ && TakePower();
  }

  bool TakePower() {
    const std::string lower = Lower(text_);
    for (const PowerWord& power : kPowerWords) {
      if (!lower.ends_with(power.word) || lower.size() == power.word.size()) continue;
      text_.remove_suffix(power.word.size());
      zeros_ = power.zeros;
      return has_power_ = true;
    }
    return false;
  }

  std::string_view text_;
  NumberForm form_;
  bool has_sign_ = false;
  bool is_negative_ = false;
  bool has_unit_ = false;
  bool has_power_ = false;
  int zeros_ = 0;
};

}  // namespace

std::vector<std::string> NumberFormNames() {
  std::vector<std::string> names;
  names.reserve(kNamedForms.size());
  for (const NamedForm& named : kNamedForms) names.emplace_back(named.name);
  return names;
}

std::optional<NumberForm> NumberFormNamed(const std::string& name) {
  for (const NamedForm& named : kNamedForms) {
    if (name == named.name) return named.form;
  }
  return std::nullopt;
}

NumberChanges MakePlainNumber(std::string_view cell, NumberForm form, const NumberMarks& marks,
                              std::string& number) {
  NumberChanges changes;
  changes.was_trimmed = TrimBlanks(cell);
  Surroundings around(cell, form);
  around.TakeOff(changes);
  DigitsReader digits(around.text(), marks);
  if (!digits.Read()) return {};
  changes.is_number = true;
  changes.lost_thousands = digits.had_thousands();
  changes.lost_decimal = digits.had_decimal();
  std::string whole = digits.whole();
  std::string decimals = digits.decimals();
  MoveMark(whole, decimals, digits.exponent() + around.zeros());
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  number = around.is_negative() ? "-" : "";
  number += whole.empty() ? "0" : whole;
  if (!decimals.empty()) number += "." + decimals;
  return changes;
}

}  // namespace assay::source
