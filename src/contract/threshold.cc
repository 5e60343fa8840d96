// Thresholds of bad rows: reading and comparing.
#include <string>

#include "base/hash.h"
#include "contract/check_decl.h"
#include "contract/number_text.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

Error NotAThreshold(std::string_view text) {
  return Error{ErrorCode::kUser, "not a threshold: " + std::string(text),
               "write a number of rows such as `10 rows`, or a share such as `0.1 %`"};
}

// `0.001` as `0.1 %`, where that is a share.
std::string PercentOf(std::string_view fraction) {
  if (!IsNumber(fraction) || CompareNumbers(fraction, "1") > 0) return "0.1 %";
  const std::size_t point = fraction.find('.');
  if (point == std::string_view::npos || !IsDigits(fraction.substr(point + 1))) return "0.1 %";
  std::string digits =
      std::string(fraction.substr(0, point)) + std::string(fraction.substr(point + 1));
  const std::size_t decimals = fraction.size() - point - 1;
  if (decimals < 2) digits.append(2 - decimals, '0');
  const std::size_t left = decimals < 2 ? 0 : decimals - 2;
  std::string whole = digits.substr(0, digits.size() - left);
  std::string rest = digits.substr(digits.size() - left);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  while (rest.ends_with('0')) rest.pop_back();
  return (whole.empty() ? "0" : whole) + (rest.empty() ? "" : "." + rest) + " %";
}

Result<Threshold> ParseRows(std::string_view digits, std::string_view text) {
  TRY_ASSIGN(const std::int64_t rows, ParseInteger(digits));
  return Threshold{false, rows, std::string(text)};
}

}  // namespace

Result<Threshold> ParseThreshold(std::string_view text) {
  text = Trim(text);
  if (IsDigits(text)) return ParseRows(text, text);
  if (text.ends_with('%')) {
    if (text.starts_with('-')) return NotAThreshold(text);
    TRY_ASSIGN(const std::int64_t share, ParseShare(text));
    return Threshold{true, share, std::string(text)};
  }
  for (const std::string_view unit : {"rows", "row"}) {
    if (!text.ends_with(unit)) continue;
    const std::string_view digits = Trim(text.substr(0, text.size() - unit.size()));
    if (IsDigits(digits)) return ParseRows(digits, text);
    break;
  }
  if (IsNumber(text) && !text.starts_with('-')) {
    return Error{ErrorCode::kUser, "a threshold needs a unit: " + std::string(text),
                 "write " + PercentOf(text) + " or a number of rows"};
  }
  return NotAThreshold(text);
}

bool Threshold::IsExceeded(std::int64_t bad, std::int64_t rows) const {
  if (!is_share) return bad > amount;
  return static_cast<Int128>(bad) * kMillion > static_cast<Int128>(amount) * rows;
}

}  // namespace assay::contract
