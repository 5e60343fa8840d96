#include "base/row.h"

#include <bit>

namespace assay::row {

static_assert(std::endian::native == std::endian::little, "row/1 is written by copying integers");

void AppendDecimal(std::string& out, Int128 unscaled, std::uint8_t scale) {
  AppendInt128(out, unscaled);
  AppendRaw(out, scale);
}

void AppendBytes(std::string& out, std::string_view bytes) {
  AppendCount(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

}  // namespace assay::row
