/// The primitives of `row/1` (docs/design/0001, section 2): bytes of one value, appended to a
/// buffer. Knows no engine and no schema; who walks the columns calls these in schema order.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace assay::row {

inline void AppendNull(std::string& out) { out.push_back('\0'); }
inline void AppendPresent(std::string& out) { out.push_back('\1'); }

/// Appends the little-endian bytes of an integer (the machine is little-endian, checked in row.cc).
template <typename Integer>
void AppendRaw(std::string& out, Integer value) {
  char bytes[sizeof(Integer)];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof bytes);
}

/// Signed integers, dates, times and timestamps of up to 64 bits.
inline void AppendInt(std::string& out, std::int64_t value) { AppendRaw(out, value); }
inline void AppendUint(std::string& out, std::uint64_t value) { AppendRaw(out, value); }
inline void AppendInt128(std::string& out, Int128 value) { AppendRaw(out, value); }
inline void AppendCount(std::string& out, std::uint32_t count) { AppendRaw(out, count); }
inline void AppendBool(std::string& out, bool value) { out.push_back(value ? '\1' : '\0'); }
/// The bits of a number as they are written: -0 as 0, and one NaN.
inline std::uint32_t BitsOfFloat32(float value) {
  if (value != value) return 0x7fc00000U;
  return value == 0 ? 0 : std::bit_cast<std::uint32_t>(value);
}
inline std::uint64_t BitsOfFloat64(double value) {
  if (value != value) return 0x7ff8000000000000ULL;
  return value == 0 ? 0 : std::bit_cast<std::uint64_t>(value);
}
inline void AppendFloat32(std::string& out, float value) { AppendRaw(out, BitsOfFloat32(value)); }
inline void AppendFloat64(std::string& out, double value) { AppendRaw(out, BitsOfFloat64(value)); }
void AppendDecimal(std::string& out, Int128 unscaled, std::uint8_t scale);
/// Text or bytes shorter than 4 GiB.
void AppendBytes(std::string& out, std::string_view bytes);

}  // namespace assay::row
