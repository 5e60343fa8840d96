#include "step/common_type.h"

#include <algorithm>
#include <cstddef>

#include "base/letter_case.h"

namespace assay::step {
namespace {

using enum TypeKind;

Type Plain(TypeKind kind) { return {kind, 0, 0, {}}; }

struct IntegerForm {
  bool is_signed;
  int bits;
  int digits;  // of the largest value
};

IntegerForm FormOf(TypeKind kind) {
  switch (kind) {
    case kInt8:
      return {true, 8, 3};
    case kInt16:
      return {true, 16, 5};
    case kInt32:
      return {true, 32, 10};
    case kInt64:
      return {true, 64, 19};
    case kUint8:
      return {false, 8, 3};
    case kUint16:
      return {false, 16, 5};
    case kUint32:
      return {false, 32, 10};
    case kUint64:
      return {false, 64, 20};
    default:
      return {true, 128, 39};
  }
}

Type CommonInteger(const Type& one, const Type& other) {
  const IntegerForm a = FormOf(one.kind);
  const IntegerForm b = FormOf(other.kind);
  if (a.is_signed == b.is_signed) return a.bits >= b.bits ? one : other;
  const int bits = a.is_signed ? std::max(a.bits, 2 * b.bits) : std::max(b.bits, 2 * a.bits);
  return Plain(bits == 16 ? kInt16 : bits == 32 ? kInt32 : bits == 64 ? kInt64 : kInt128);
}

// A double holds whole numbers of 53 bits, a float of 24.
std::optional<Type> CommonFloat(const Type& number, const Type& of_float) {
  if (IsFloat(number)) return Plain(number.kind == of_float.kind ? number.kind : kFloat64);
  if (!IsInteger(number)) return std::nullopt;
  const int bits = FormOf(number.kind).bits;
  if (bits <= 16) return of_float;
  if (bits <= 32) return Plain(kFloat64);
  return std::nullopt;
}

std::optional<Type> CommonDecimal(const Type& one, const Type& other) {
  const auto whole = [](const Type& type) {
    return IsInteger(type) ? FormOf(type.kind).digits : type.precision - type.scale;
  };
  const auto scale = [](const Type& type) { return IsInteger(type) ? 0 : type.scale; };
  const int digits = std::max(scale(one), scale(other));
  const int precision = std::max(whole(one), whole(other)) + digits;
  if (precision > 38) return std::nullopt;
  return Type{kDecimal, precision, digits, {}};
}

std::optional<Type> CommonNested(const Type& one, const Type& other) {
  if (one.kind != other.kind || one.children.size() != other.children.size()) return std::nullopt;
  Type common = one;
  for (std::size_t i = 0; i < one.children.size(); ++i) {
    if (Lower(one.children[i].name) != Lower(other.children[i].name)) return std::nullopt;
    const auto child = CommonType(one.children[i].type, other.children[i].type);
    if (!child) return std::nullopt;
    common.children[i].type = *child;
  }
  return common.children.empty() ? std::nullopt : std::optional(common);
}

}  // namespace

std::optional<Type> CommonType(const Type& one, const Type& other) {
  if (one == other) return one;
  if (IsNumber(one) && IsNumber(other)) {
    if (IsFloat(other)) return CommonFloat(one, other);
    if (IsFloat(one)) return CommonFloat(other, one);
    if (IsInteger(one) && IsInteger(other)) return CommonInteger(one, other);
    return CommonDecimal(one, other);
  }
  const auto is_pair = [&](TypeKind first, TypeKind second) {
    return (one.kind == first && other.kind == second) ||
           (one.kind == second && other.kind == first);
  };
  if (is_pair(kDate, kTimestamp)) return Plain(kTimestamp);
  return CommonNested(one, other);
}

bool CanBeEqual(const Type& one, const Type& other) {
  if (IsNumber(one) && IsNumber(other)) return true;
  if (one.children.empty()) return CommonType(one, other).has_value();
  if (one.kind != other.kind || one.children.size() != other.children.size()) return false;
  for (std::size_t i = 0; i < one.children.size(); ++i) {
    if (!CanBeEqual(one.children[i].type, other.children[i].type)) return false;
  }
  return true;
}

bool IsTime(const Type& type) {
  return type.kind == kDate || type.kind == kTimestamp || type.kind == kTimestampUtc;
}

}  // namespace assay::step
