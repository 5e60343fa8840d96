/// What a spreadsheet's number formats make of a number: a day, a time, a moment, or a number as it
/// is. Knows no file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::source {

enum class FormatMeaning {
  kNumber,  ///< also percentages, currencies and elapsed time (`[h]:mm`)
  kDay,
  kTime,
  kMoment,  ///< day and time
};

/// Of a format's code, `d/m/yyyy h:mm`.
FormatMeaning MeaningOfFormat(std::string_view code);

/// Of a format that is known by its number alone.
FormatMeaning MeaningOfBuiltInFormat(int id);

/// A number of days as what its format means.
struct FormattedDay {
  FormatMeaning meaning = FormatMeaning::kDay;
  std::string text;  ///< `2024-02-29`, `12:30:00`, `2024-02-29 12:30:00.5`; empty: there is none
};

/// `meaning` is none of a number. Days count from 1900 (with the day 60 that never was) or, where
/// `from_1904`, from there. Rounded to the millisecond, as spreadsheet programs show it. A day with
/// a fraction is a moment, and a number below 1 with the meaning of a time is one.
FormattedDay FormatDay(double days, FormatMeaning meaning, bool from_1904);

}  // namespace assay::source
