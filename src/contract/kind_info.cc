#include "contract/kind_info.h"

namespace assay::contract {

const KindInfo* FindKind(const std::vector<KindInfo>& kinds, const std::string& name) {
  for (const KindInfo& kind : kinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::vector<std::string> KindNames(const std::vector<KindInfo>& kinds) {
  std::vector<std::string> names;
  names.reserve(kinds.size());
  for (const KindInfo& kind : kinds) names.push_back(kind.name);
  return names;
}

}  // namespace assay::contract
