/// Numbers, shares and times as a person writes them; kept as text, compared exactly, rounded only
/// for the eye.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::contract {

/// True for a decimal number: `10`, `-0.5`, `1e6`; at most 100 characters, exponents below 1000.
bool IsNumber(std::string_view text);

/// Negative, zero or positive as `a` is below, equal to or above `b`; both are numbers.
int CompareNumbers(std::string_view a, std::string_view b);

/// The product of a number and a whole number, exactly, as a number.
std::string MultiplyNumber(std::string_view number, std::int64_t factor);

/// The same number without an exponent (`5e3` as `5000`) unless that takes more than 60 digits.
std::string PlainNumber(std::string_view number);

/// A number with at most so many significant digits, for people: `0.04034810302946337` as
/// `0.04035`. Whole numbers and what is no number stay as they are.
std::string RoundedNumber(std::string_view number, int digits = 4);

/// An integer between -(2^53 - 1) and 2^53 - 1, which canonical JSON can hold.
Result<std::int64_t> ParseInteger(std::string_view text);

/// `80 %`, `0.1%` (up to 4 decimals, at most 100 %) as millionths.
Result<std::int64_t> ParseShare(std::string_view text);

/// A number, or a number and `%`: true when `text` is one; `percent` tells which.
bool IsNumberOrPercent(std::string_view text, bool& percent);

/// A date or timestamp: `2001-05-01`, `2001-05-01T09:00:00Z`. Returns it with a `T` and seconds.
Result<std::string> ParseTime(std::string_view text);

/// Microseconds since 1970 of a text that `ParseTime` returned. Without a zone it is UTC.
std::int64_t TimeMicros(std::string_view text);

/// Negative, zero or positive as the moment `a` lies before, at or after `b`; both as `ParseTime`
/// returns them. A moment without a zone is UTC.
int CompareTimes(std::string_view a, std::string_view b);

/// True when `text` is digits only, at least one.
bool IsDigits(std::string_view text);

}  // namespace assay::contract
