#include "retrain/signal.h"

namespace assay::retrain {

const std::vector<SignalKind>& AllSignals() {
  static const std::vector<SignalKind> kKinds = {
#include "retrain/all_signals.inc"
  };
  return kKinds;
}

const SignalKind* FindSignal(const std::string& name) {
  for (const SignalKind& kind : AllSignals()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace assay::retrain
