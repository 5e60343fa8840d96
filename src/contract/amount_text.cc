#include "contract/amount_text.h"

#include <cstdio>
#include <iterator>

namespace assay::contract {

std::string GroupedText(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string RowsText(std::uint64_t number) {
  return GroupedText(number) + (number == 1 ? " row" : " rows");
}

std::string SecondsText(double seconds) {
  char buffer[40];
  if (seconds < 0.9995) {
    std::snprintf(buffer, sizeof buffer, "%.0f ms", seconds * 1000);
  } else if (seconds < 99.95) {
    std::snprintf(buffer, sizeof buffer, "%.1f s", seconds);
  } else {
    const auto whole = static_cast<long>(seconds + 0.5);
    std::snprintf(buffer, sizeof buffer, "%ld min %ld s", whole / 60, whole % 60);
  }
  return buffer;
}

std::string BytesText(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < std::size(kUnits)) {
    size /= 1000;
    ++unit;
  }
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
  return buffer;
}

std::string CutText(std::string_view text, std::size_t most) {
  std::size_t end = 0, characters = 0;
  while (end < text.size() && characters < most) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) ++end;
    ++characters;
  }
  return end == text.size() ? std::string(text) : std::string(text.substr(0, end)) + "…";
}

}  // namespace assay::contract
