/// One value of one row, outside any engine: what a model's features are made from when they are
/// asked for one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"

namespace assay::prepare {

/// Null; a whole number (also a boolean, the days of a date, the microseconds of a timestamp, the
/// digits of a decimal without its point); a floating-point number; a text.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

inline bool IsNull(const Cell& cell) { return cell.index() == 0; }

/// True for the types a cell can hold: integers of up to 64 bits except uint64, floats, decimals of
/// up to 18 digits, text, booleans, dates, timestamps.
bool IsCellType(const Type& type);
/// True for a date or timestamp.
bool IsMoment(const Type& type);

/// A field of a JSON row. Numbers must fit the type exactly (floats are rounded to it), decimals
/// and floats may be text (`"nan"`, `"inf"`), moments are ISO text in UTC. The error says what was
/// expected of `field.name`.
Result<Cell> ReadCell(const Json& json, const Field& field);
/// Back to JSON; what JSON has no number for is text.
Json CellJson(const Cell& cell, const Type& type);

/// Takes a value off the front of `row/1` bytes (docs/design/0001, section 2).
Result<Cell> TakeCell(std::string_view& row, const Type& type);
/// Appends it as `row/1`.
void AppendCell(std::string& row, const Cell& cell, const Type& type);

/// The value as a SQL expression of this type.
std::string CellSql(const Cell& cell, const Type& type);
/// What a person reads: `2001-05-01 09:00:00`, `NULL`.
std::string CellText(const Cell& cell, const Type& type);

/// A number as the double that the engine makes of it; the cell is not null and the type a number
/// or a boolean.
double CellNumber(const Cell& cell, const Type& type);

}  // namespace assay::prepare
