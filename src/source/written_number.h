/// Numbers as people write them, with thousands marks, currencies, percent signs and footnote
/// signs, made plain. Exact: digits are moved, never computed with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::source {

/// What may stand around the digits.
enum class NumberForm {
  kMarked,    ///< nothing but decimal and thousands marks: `1.234,5`
  kNumber,    ///< also footnote signs and parentheses of a negative: `*8,097,880`, `(1,200)`
  kScaled,    ///< also a word for a power of ten: `1.2M`, `3 thousand`
  kMoney,     ///< also a currency: `$1,300 `, `1.300 EUR`, `$1.2M`
  kPercent,   ///< as kNumber, and `17.54%` is 17.54
  kFraction,  ///< as kNumber, and `17.54%` is 0.1754
};

/// The names that people declare: `number`, `scaled`, `money`, `percent`, `fraction`.
std::vector<std::string> NumberFormNames();
std::optional<NumberForm> NumberFormNamed(const std::string& name);

struct NumberMarks {
  char decimal = '.';
  std::string thousands = ",";  ///< empty: none. A blank also means those that do not break lines.
};

/// What was done to a cell.
struct NumberChanges {
  bool is_number = false;  ///< false: it is none of the form, and nothing was done
  bool was_trimmed = false;
  bool lost_thousands = false;  ///< thousands marks
  bool lost_decimal = false;    ///< another decimal mark than a point
  bool lost_signs = false;      ///< footnote signs, the parentheses of a negative
  bool lost_unit = false;       ///< a currency, a percent sign, a word for a power of ten
};

/// Puts the number as `-1234.50` into `number`.
NumberChanges MakePlainNumber(std::string_view cell, NumberForm form, const NumberMarks& marks,
                              std::string& number);

}  // namespace assay::source
