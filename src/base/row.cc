#include "base/row.h"

#include <bit>
#include <cmath>

namespace assay::row {

static_assert(std::endian::native == std::endian::little, "row/1 is written by copying integers");

void AppendFloat32(std::string& out, float value) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) bits = 0x7fc00000U;
  if (value == 0) bits = 0;
  AppendRaw(out, bits);
}

void AppendFloat64(std::string& out, double value) {
  std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  if (std::isnan(value)) bits = 0x7ff8000000000000ULL;
  if (value == 0) bits = 0;
  AppendRaw(out, bits);
}

void AppendDecimal(std::string& out, Int128 unscaled, std::uint8_t scale) {
  AppendInt128(out, unscaled);
  AppendRaw(out, scale);
}

void AppendBytes(std::string& out, std::string_view bytes) {
  AppendCount(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

}  // namespace assay::row
