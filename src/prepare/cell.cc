#include "prepare/cell.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/row.h"
#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "prepare/civil_time.h"

namespace assay::prepare {
namespace {

constexpr int kMostDigits = 18;

std::int64_t PowerOfTen(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

struct Range {
  std::int64_t low, high;
};

template <typename Integer>
Range RangeOf() {
  return {static_cast<std::int64_t>(std::numeric_limits<Integer>::min()),
          static_cast<std::int64_t>(std::numeric_limits<Integer>::max())};
}

Range IntegerRange(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt8:
      return RangeOf<std::int8_t>();
    case TypeKind::kInt16:
      return RangeOf<std::int16_t>();
    case TypeKind::kInt32:
      return RangeOf<std::int32_t>();
    case TypeKind::kUint8:
      return RangeOf<std::uint8_t>();
    case TypeKind::kUint16:
      return RangeOf<std::uint16_t>();
    case TypeKind::kUint32:
      return RangeOf<std::uint32_t>();
    default:
      return RangeOf<std::int64_t>();
  }
}

bool IsUnsigned(const Type& type) {
  return type.kind >= TypeKind::kUint8 && type.kind <= TypeKind::kUint64;
}

std::string Shown(const Json& json) {
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  constexpr std::size_t kLongest = 60;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return text;
}

Error Wrong(const Json& json, const Field& field, const std::string& hint = "") {
  return Error{
      ErrorCode::kData,
      "field `" + field.name + "` must be " + TypeText(field.type) + ", found " + Shown(json),
      hint};
}

Result<Cell> ReadInteger(const Json& json, const Field& field) {
  if (!json.is_number_integer()) return Wrong(json, field);
  const Range range = IntegerRange(field.type.kind);
  const bool too_great = json.is_number_unsigned() &&
                         json.get<std::uint64_t>() >
                             static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (too_great) return Wrong(json, field);
  const auto value = json.get<std::int64_t>();
  if (value < range.low || value > range.high) return Wrong(json, field);
  return Cell(value);
}

Result<Cell> ReadFloat(const Json& json, const Field& field) {
  double value = 0;
  if (json.is_number()) {
    value = json.get<double>();
  } else if (json == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (json == "inf" || json == "-inf") {
    value = std::numeric_limits<double>::infinity() * (json == "inf" ? 1 : -1);
  } else {
    return Wrong(json, field, "NaN and infinities are written \"nan\", \"inf\", \"-inf\"");
  }
  if (field.type.kind == TypeKind::kFloat32) {
    const auto narrow = static_cast<float>(value);
    if (std::isinf(narrow) && std::isfinite(value)) return Wrong(json, field);
    value = static_cast<double>(narrow);
  }
  return Cell(value);
}

Result<Cell> ReadDecimal(const Json& json, const Field& field) {
  std::string text;
  if (json.is_string()) {
    text = json.get<std::string>();
  } else if (json.is_number_integer()) {
    text = json.dump();
  } else if (json.is_number()) {
    text = DoubleText(json.get<double>());
  }
  if (!contract::IsNumber(text)) return Wrong(json, field);
  const std::string unscaled =
      contract::PlainNumber(contract::MultiplyNumber(text, PowerOfTen(field.type.scale)));
  const std::string digits = unscaled.substr(unscaled.starts_with('-') ? 1 : 0);
  if (!contract::IsDigits(digits) || digits.size() > static_cast<std::size_t>(kMostDigits)) {
    return Wrong(json, field, "it has more digits than the type");
  }
  const std::int64_t value = std::strtoll(unscaled.c_str(), nullptr, 10);
  if (std::llabs(value) >= PowerOfTen(field.type.precision)) return Wrong(json, field);
  return Cell(value);
}

Result<Cell> ReadMoment(const Json& json, const Field& field) {
  const std::string form = field.type.kind == TypeKind::kDate
                               ? "write a date as \"2001-05-01\""
                               : "write a moment as \"2001-05-01T09:00:00\", in UTC";
  if (!json.is_string()) return Wrong(json, field, form);
  const std::string text = json.get<std::string>();
  const std::optional<Moment> moment = ParseMoment(text);
  if (!moment) return Wrong(json, field, form);
  if (field.type.kind == TypeKind::kDate) {
    if (moment->micros % kMicrosPerDay != 0 || moment->has_zone) return Wrong(json, field, form);
    return Cell(moment->micros / kMicrosPerDay);
  }
  if (moment->has_zone && field.type.kind == TypeKind::kTimestamp) {
    return Wrong(json, field, "the column has no zone: leave it out");
  }
  return Cell(moment->micros);
}

// Reads an integer of the width that row/1 gives to the type.
template <typename Integer>
bool TakeRaw(std::string_view& row, Integer& value) {
  if (row.size() < sizeof value) return false;
  std::memcpy(&value, row.data(), sizeof value);
  row.remove_prefix(sizeof value);
  return true;
}

bool TakeValue(std::string_view& row, const Type& type, Cell& cell) {
  switch (type.kind) {
    case TypeKind::kFloat32: {
      float value = 0;
      if (!TakeRaw(row, value)) return false;
      cell = static_cast<double>(value);
      return true;
    }
    case TypeKind::kFloat64: {
      double value = 0;
      if (!TakeRaw(row, value)) return false;
      cell = value;
      return true;
    }
    case TypeKind::kDecimal: {
      Int128 value = 0;
      std::uint8_t scale = 0;
      if (!TakeRaw(row, value) || !TakeRaw(row, scale)) return false;
      cell = static_cast<std::int64_t>(value);
      return true;
    }
    case TypeKind::kBool: {
      char value = 0;
      if (!TakeRaw(row, value)) return false;
      cell = static_cast<std::int64_t>(value);
      return true;
    }
    case TypeKind::kString: {
      std::uint32_t size = 0;
      if (!TakeRaw(row, size) || row.size() < size) return false;
      cell = std::string(row.substr(0, size));
      row.remove_prefix(size);
      return true;
    }
    default: {
      std::int64_t value = 0;
      if (!TakeRaw(row, value)) return false;
      cell = value;
      return true;
    }
  }
}

std::string DecimalText(std::int64_t unscaled, int scale) {
  std::string digits = std::to_string(unscaled);
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  const auto behind = static_cast<std::size_t>(scale);
  if (digits.size() <= behind) digits.insert(0, behind + 1 - digits.size(), '0');
  if (behind > 0) digits.insert(digits.size() - behind, ".");
  return (negative ? "-" : "") + digits;
}

}  // namespace

bool IsMoment(const Type& type) {
  return type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestamp ||
         type.kind == TypeKind::kTimestampUtc;
}

bool IsCellType(const Type& type) {
  if (type.kind == TypeKind::kDecimal) return type.precision <= kMostDigits;
  const bool is_small_integer =
      IsInteger(type) && type.kind != TypeKind::kUint64 && type.kind != TypeKind::kInt128;
  return is_small_integer || IsFloat(type) || IsMoment(type) || type.kind == TypeKind::kString ||
         type.kind == TypeKind::kBool;
}

Result<Cell> ReadCell(const Json& json, const Field& field) {
  if (json.is_null()) return Cell();
  const Type& type = field.type;
  if (type.kind == TypeKind::kBool) {
    if (!json.is_boolean()) return Wrong(json, field);
    return Cell(static_cast<std::int64_t>(json.get<bool>()));
  }
  if (type.kind == TypeKind::kString) {
    if (!json.is_string()) return Wrong(json, field);
    return Cell(json.get<std::string>());
  }
  if (IsFloat(type)) return ReadFloat(json, field);
  if (type.kind == TypeKind::kDecimal) return ReadDecimal(json, field);
  return IsMoment(type) ? ReadMoment(json, field) : ReadInteger(json, field);
}

Json CellJson(const Cell& cell, const Type& type) {
  if (IsNull(cell)) return nullptr;
  if (type.kind == TypeKind::kBool) return std::get<std::int64_t>(cell) != 0;
  if (IsFloat(type)) {
    const double value = std::get<double>(cell);
    return std::isfinite(value) ? Json(value) : Json(DoubleText(value));
  }
  if (IsInteger(type)) return std::get<std::int64_t>(cell);
  return CellText(cell, type);
}

Result<Cell> TakeCell(std::string_view& row, const Type& type) {
  char tag = 0;
  Cell cell;
  if (TakeRaw(row, tag) && (tag == 0 || TakeValue(row, type, cell))) return cell;
  return Error{ErrorCode::kInternal, "a row ends in the middle of a value", ""};
}

void AppendCell(std::string& row, const Cell& cell, const Type& type) {
  if (IsNull(cell)) return row::AppendNull(row);
  row::AppendPresent(row);
  switch (type.kind) {
    case TypeKind::kString:
      return row::AppendBytes(row, std::get<std::string>(cell));
    case TypeKind::kFloat32:
      return row::AppendFloat32(row, static_cast<float>(std::get<double>(cell)));
    case TypeKind::kFloat64:
      return row::AppendFloat64(row, std::get<double>(cell));
    case TypeKind::kBool:
      return row::AppendBool(row, std::get<std::int64_t>(cell) != 0);
    case TypeKind::kDecimal:
      return row::AppendDecimal(row, std::get<std::int64_t>(cell),
                                static_cast<std::uint8_t>(type.scale));
    default:
      break;
  }
  const std::int64_t value = std::get<std::int64_t>(cell);
  if (IsUnsigned(type)) return row::AppendUint(row, static_cast<std::uint64_t>(value));
  row::AppendInt(row, value);
}

std::string CellSql(const Cell& cell, const Type& type) {
  const std::string name = engine::TypeSql(type);
  if (IsNull(cell)) return "CAST(NULL AS " + name + ")";
  switch (type.kind) {
    case TypeKind::kString:
      return engine::QuoteText(std::get<std::string>(cell));
    case TypeKind::kDate:
      return "(DATE '1970-01-01' + CAST(" + std::to_string(std::get<std::int64_t>(cell)) +
             " AS INTEGER))";
    case TypeKind::kTimestamp:
      return "make_timestamp(CAST(" + std::to_string(std::get<std::int64_t>(cell)) + " AS BIGINT))";
    case TypeKind::kTimestampUtc:
      return "(make_timestamp(CAST(" + std::to_string(std::get<std::int64_t>(cell)) +
             " AS BIGINT)) AT TIME ZONE 'UTC')";
    case TypeKind::kBool:
      return std::get<std::int64_t>(cell) != 0 ? "true" : "false";
    default:
      return "CAST('" + CellText(cell, type) + "' AS " + name + ")";
  }
}

std::string CellText(const Cell& cell, const Type& type) {
  if (IsNull(cell)) return "NULL";
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* real = std::get_if<double>(&cell)) return DoubleText(*real);
  const std::int64_t value = std::get<std::int64_t>(cell);
  switch (type.kind) {
    case TypeKind::kBool:
      return value != 0 ? "true" : "false";
    case TypeKind::kDecimal:
      return DecimalText(value, type.scale);
    case TypeKind::kDate:
      return DateText(value);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return MomentText(value);
    default:
      return std::to_string(value);
  }
}

double CellNumber(const Cell& cell, const Type& type) {
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  const std::int64_t value = std::get<std::int64_t>(cell);
  if (type.kind != TypeKind::kDecimal) return static_cast<double>(value);
  // As the engine casts a decimal: in one division where the digits are a double's, else the parts
  // before and behind the point apart.
  const std::int64_t power = PowerOfTen(type.scale);
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (type.scale == 0 || (value <= kExact && value >= -kExact)) {
    return static_cast<double>(value) / static_cast<double>(power);
  }
  return static_cast<double>(value / power) +
         static_cast<double>(value % power) / static_cast<double>(power);
}

}  // namespace assay::prepare
