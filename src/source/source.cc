#include "source/source.h"

namespace assay::source {

const std::vector<SourceKind>& AllSources() {
  static const std::vector<SourceKind> kKinds = {
#include "source/all_sources.inc"
  };
  return kKinds;
}

const SourceKind* FindSource(const std::string& name) {
  for (const SourceKind& kind : AllSources()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace assay::source
