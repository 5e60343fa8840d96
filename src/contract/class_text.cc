#include "contract/class_text.h"

#include <algorithm>

#include "contract/number_text.h"

namespace assay::contract {
namespace {

bool IsWord(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

// The digits of a whole number with a fraction of zeros; empty when the text is none.
std::string_view WholePart(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return {};
  const std::string_view fraction = text.substr(point + 1);
  if (fraction.empty() || fraction.find_first_not_of('0') != std::string_view::npos) return {};
  const std::string_view whole = text.substr(0, point);
  std::string_view digits = whole;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (!IsDigits(digits) || (digits.size() > 1 && digits[0] == '0')) return {};
  return whole;
}

}  // namespace

std::string ClassText(std::string_view text) {
  if (IsWord(text, "true")) return "true";
  if (IsWord(text, "false")) return "false";
  if (const std::string_view whole = WholePart(text); !whole.empty()) text = whole;
  return std::string(text == "-0" ? "0" : text);
}

}  // namespace assay::contract
