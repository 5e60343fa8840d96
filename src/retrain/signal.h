/// Kinds of signals: one reason to train again each. One kind is one file, `*_signal.cc`. A signal
/// reads its evidence and says whether it lies beyond the limit; what follows is the policy's
/// business.
#pragma once

#include <string>
#include <vector>

#include "contract/kind_info.h"
#include "retrain/decide.h"
#include "run/model.h"
#include "run/session.h"
#include "run/version_ref.h"

namespace assay::retrain {

struct SignalContext {
  run::Session& session;
  const contract::Project& project;
  const Json& params;
  std::int64_t now = 0;             ///< seconds since 1970
  const run::NamedModel* champion;  ///< null where there is none
  const run::NamedVersion* newest;  ///< of the policy's dataset; null where there is none
};

struct SignalKind {
  contract::KindInfo info;
  /// Fills in everything but the kind. An error is one of the store, not a lack of evidence.
  Result<SignalReading> (*read)(const SignalContext& context) = nullptr;
};

// One declaration for each *_signal.cc, generated from the file names.
#include "retrain/all_signals_declared.inc"

const std::vector<SignalKind>& AllSignals();
const SignalKind* FindSignal(const std::string& name);

}  // namespace assay::retrain
