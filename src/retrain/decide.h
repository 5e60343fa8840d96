/// Whether a model is to be trained again: a pure function of what was declared, what was observed,
/// what was decided before, and a moment in time (docs/design/0003, section 6). No I/O, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/project.h"

namespace assay::retrain {

/// What was observed for one declared signal.
struct SignalReading {
  std::string kind;
  std::string subject;          ///< `june`, `log_loss of late`; may be empty
  std::optional<bool> exceeds;  ///< value beyond limit; nothing where there is no evidence
  std::string value, limit;     ///< as people read them
  std::string evidence;         ///< id of what the value was read from; empty where it is the time
  std::string note;             ///< why there is no value, or more about it
};

struct Champion {
  std::string ref;  ///< `late@v1`
  std::string id, commit, created_at;
};

/// The newest version of the policy's dataset.
struct NewestVersion {
  std::string ref;  ///< `flights_train@v2`
  std::string commit, version;
};

/// A training that an earlier decision started.
struct PastTraining {
  std::int64_t decision = 0;          ///< number of the decision
  std::int64_t as_of = 0;             ///< of the decision; seconds since 1970
  std::string outcome;                ///< promoted | kept | needs-approval | failed
  std::string champion;               ///< id of the champion at that time
  std::string challenger;             ///< `late@v2`; empty where it failed
  std::vector<std::string> evidence;  ///< of the signals that had fired
};

struct PolicyInputs {
  contract::RetrainPolicy policy;
  std::int64_t now = 0;  ///< seconds since 1970
  bool approved = false;
  std::optional<Champion> champion;
  std::optional<NewestVersion> newest;
  std::vector<SignalReading> signals;   ///< one for each that the policy declares, in its order
  std::vector<PastTraining> trainings;  ///< oldest first
};

enum class SignalState {
  kFired,
  kQuiet,
  kUnknown,   ///< no evidence
  kAnswered,  ///< beyond its limit, but a training has already followed from this very evidence
};

/// What a decision can come to.
inline constexpr char kNone[] = "none";
inline constexpr char kRetrain[] = "retrain";
inline constexpr char kSuppressed[] = "suppressed";
inline constexpr char kNeedsApproval[] = "needs-approval";
/// What a training can come to, beside `needs-approval`.
inline constexpr char kPromoted[] = "promoted";
inline constexpr char kKept[] = "kept";
inline constexpr char kFailed[] = "failed";

struct Suppression {
  std::string by;  ///< cooldown | budget | approval
  std::string why;
};

struct Decision {
  std::string action;  ///< none | retrain | suppressed | needs-approval
  std::string reason;
  std::vector<SignalState> signals;       ///< in the order of the inputs
  std::vector<std::int64_t> answered_by;  ///< number of the decision; 0 where not answered
  bool fired = false;                     ///< by `any` or `all`
  std::vector<Suppression> suppressed;
  std::optional<std::int64_t> budget_left;   ///< nothing without a budget
  std::optional<std::int64_t> cooldown_end;  ///< seconds since 1970; nothing when it is over
};

/// `fired`, `quiet`, `unknown`, `answered`.
std::string StateText(SignalState state);

/// Decides. A training whose time lies ahead of `now` (a clock set back, or an older `--as-of`)
/// counts for cooldown and budget: training twice is worse than waiting.
Decision Decide(const PolicyInputs& inputs);

/// The stored text `assay.decision/1`: the same bytes for the same inputs.
Result<std::string> DecisionText(const PolicyInputs& inputs, const Decision& decision);

}  // namespace assay::retrain
