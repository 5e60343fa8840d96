// Apart from the reading of projects: who asks for names alone needs no YAML.
#include <algorithm>

#include "contract/project.h"

namespace assay::contract {
namespace {

constexpr std::size_t kLongestName = 63;

}  // namespace

bool IsNodeName(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name[0] < 'a' || name[0] > 'z') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string AsNodeName(std::string_view text) {
  std::string name;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (fits) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (name.ends_with('_')) name.pop_back();
  return IsNodeName(name) ? name : "";
}

}  // namespace assay::contract
