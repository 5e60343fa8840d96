#include "contract/byte_amount.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace assay::contract {

Result<std::uint64_t> ParseMemory(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  std::string unit(end);
  unit.erase(0, std::min(unit.find_first_not_of(' '), unit.size()));
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  double factor = 0;
  if (unit.empty() || unit == "B") factor = 1;
  if (unit == "KB") factor = 1e3;
  if (unit == "MB") factor = 1e6;
  if (unit == "GB") factor = 1e9;
  const double bytes = number * factor;
  if (end == text.c_str() || factor == 0 || !(bytes >= 64e6) || bytes > 1e15) {
    return Error{ErrorCode::kUser, "not an amount of memory of at least 64 MB: " + text,
                 "write it like 4GB or 512MB"};
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace assay::contract
