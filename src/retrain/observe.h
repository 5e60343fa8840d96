/// Gathers what a decision is made of: evidence, the champion, what was decided before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/project.h"
#include "retrain/decide.h"
#include "run/model.h"
#include "run/session.h"
#include "run/version_ref.h"

namespace assay::retrain {

/// The inputs of a decision with what their names stand for.
struct Observation {
  PolicyInputs inputs;
  std::optional<run::NamedModel> champion;
  std::optional<run::NamedVersion> newest;
  /// Number of a decision to train that nothing followed from: whoever trained was stopped. It
  /// counts as failed. 0 where there is none.
  std::int64_t cut_short = 0;
};

/// `now` in seconds since 1970.
Result<Observation> Observe(run::Session& session, const contract::Project& project,
                            const contract::RetrainPolicy& policy, std::int64_t now, bool approved);

/// A stored decision or training: the object under its kind, with the kind's name in `kind`.
struct StoredRecord {
  std::string kind;
  Json body;
};
Result<StoredRecord> ReadRecord(run::Session& session, const std::string& id);

/// Kinds of the stored texts.
inline constexpr char kDecisionKind[] = "assay.decision/1";
inline constexpr char kTrainingKind[] = "assay.training/1";

/// `flights_train@v2`, or by its id where the version has no number.
std::string NameOf(const run::NamedVersion& version);

}  // namespace assay::retrain
