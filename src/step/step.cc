#include "step/step.h"

namespace assay::step {

const std::vector<StepKind>& AllSteps() {
  static const std::vector<StepKind> kKinds = {
#include "step/all_steps.inc"
  };
  return kKinds;
}

const StepKind* FindStep(const std::string& name) {
  for (const StepKind& kind : AllSteps()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace assay::step
