/// The verbs of retraining: where a policy stands, and acting on it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/project.h"
#include "retrain/observe.h"
#include "retrain/train.h"
#include "run/session.h"

namespace assay::retrain {

/// The project's policies, read as far as retraining needs it: no SQL is looked at. What is wrong
/// goes to `diagnostics`, and nothing is returned.
std::optional<contract::Project> ReadProject(run::Session& session,
                                             contract::Diagnostics& diagnostics);

/// The policy of this name; with "" the only one there is.
Result<const contract::RetrainPolicy*> FindPolicy(const contract::Project& project,
                                                  const std::string& name);

/// Seconds since 1970 of `2001-06-30` or `2001-06-30T12:00:00Z`; of the clock for "".
Result<std::int64_t> MomentOf(const std::string& text, const Clock& clock);

struct TriggerRequest {
  std::int64_t now = 0;  ///< seconds since 1970
  bool approved = false;
  bool dry_run = false;  ///< only decide; nothing is written
};

struct TriggerReport {
  Observation observation;
  Decision decision;
  std::string text;         ///< of the decision, as stored
  std::int64_t number = 0;  ///< of the decision; 0 with `dry_run`
  std::optional<Outcome> outcome;
};

/// Decides, records, and trains when the answer is yes. `started` is told before the command runs.
/// The caller holds the lock, but for a dry run.
Result<TriggerReport> Trigger(run::Session& session, const contract::Project& project,
                              const contract::RetrainPolicy& policy, const TriggerRequest& request,
                              const std::function<void(const TriggerReport&)>& started);

/// A stored decision, and what followed from it.
struct Explanation {
  std::int64_t number = 0;
  std::string id, created_at;
  Json decision;                 ///< body of `assay.decision/1`
  std::optional<Json> training;  ///< body of `assay.training/1`
  bool is_cut_short = false;     ///< it said `retrain`, and nothing followed yet
};

/// `{"number", "id", "created_at", "decision"}`, with `training` where one followed.
Json ExplanationJson(const Explanation& explanation);

/// The object under `assay.decision/1` of such a text.
Result<Json> DecisionBody(const std::string& text);

/// A policy's decisions, newest first, at most `limit`; none where there is no store yet.
Result<std::vector<Explanation>> NewestDecisions(run::Session& session, const std::string& policy,
                                                 std::size_t limit);

/// The decision with this number, or the policy's newest (0).
Result<Explanation> FindDecision(run::Session& session, const std::string& policy,
                                 std::int64_t number);

}  // namespace assay::retrain
