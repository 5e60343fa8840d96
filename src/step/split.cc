#include "step/split.h"

namespace assay::step {

const std::vector<SplitKind>& AllSplits() {
  static const std::vector<SplitKind> kKinds = {
#include "step/all_splits.inc"
  };
  return kKinds;
}

const SplitKind* FindSplit(const std::string& name) {
  for (const SplitKind& kind : AllSplits()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace assay::step
