/// One training: data out, the command, what it left behind, champion against challenger.
#pragma once

#include <optional>
#include <string>

#include "contract/project.h"
#include "retrain/observe.h"
#include "run/session.h"

namespace assay::retrain {

/// What a training came to.
struct Outcome {
  std::string action;  ///< promoted | kept | needs-approval | failed
  std::string reason;
  std::string challenger;   ///< `late@v2`; empty where it failed
  std::string log_tail;     ///< the last lines that the command wrote
  std::int64_t number = 0;  ///< of the decision log's row
  Json body;                ///< of the stored text `assay.training/1`
};

struct TrainingRequest {
  const contract::RetrainPolicy& policy;
  const Observation& observation;
  std::int64_t decision = 0;  ///< number of the decision that started it
  std::string decision_id;
};

/// Trains, evaluates, moves the role or keeps it, and records the outcome. What the command does
/// wrong is an outcome; an error is one of this machine or store, after it was recorded as a failed
/// training. The caller holds the lock.
Result<Outcome> Train(run::Session& session, const TrainingRequest& request);

/// Records a training of which nothing is known but that it ended early.
Status RecordCutShort(run::Session& session, const std::string& policy, std::int64_t decision);

}  // namespace assay::retrain
