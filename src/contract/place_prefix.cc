#include "contract/place_prefix.h"

namespace assay::contract {

std::string PlacePrefix(std::string_view message) {
  const std::size_t end = message.find(": ");
  if (end == std::string_view::npos) return "";
  std::string_view rest = message.substr(0, end);
  for (int numbers = 0; numbers < 2; ++numbers) {
    const std::size_t colon = rest.find_last_not_of("0123456789");
    if (colon == std::string_view::npos || colon + 1 == rest.size() || rest[colon] != ':') {
      return "";
    }
    rest = rest.substr(0, colon);
  }
  return rest.empty() ? "" : std::string(message.substr(0, end));
}

}  // namespace assay::contract
