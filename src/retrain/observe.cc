#include "retrain/observe.h"

#include <algorithm>

#include "contract/number_text.h"
#include "retrain/signal.h"
#include "store/decision_log.h"
#include "store/json_place.h"

namespace assay::retrain {
namespace {

using store::DecisionRow;

Result<std::int64_t> SecondsOf(const std::string& utc) {
  TRY_ASSIGN(const std::string moment, contract::ParseTime(utc).While("reading a decision"));
  return contract::TimeMicros(moment) / 1'000'000;
}

// Evidence of the signals that had fired.
Status ReadEvidence(const Json& decision, PastTraining& training) {
  const store::JsonPlace body(decision);
  if (body.Has("champion")) {
    TRY_ASSIGN(const store::JsonPlace champion, body.Member("champion"));
    TRY_ASSIGN(training.champion, champion.TextOf("id"));
  }
  TRY_ASSIGN(const store::JsonPlace signals, body.Member("signals"));
  return signals.EachElement([&](const store::JsonPlace& signal) -> Status {
    TRY_ASSIGN(const std::string state, signal.TextOf("state"));
    TRY_ASSIGN(std::string evidence, signal.TextOr("evidence"));
    if (state == "fired" && !evidence.empty()) training.evidence.push_back(std::move(evidence));
    return {};
  });
}

Result<PastTraining> ReadTraining(run::Session& session, const DecisionRow& decision,
                                  const DecisionRow* outcome) {
  PastTraining training;
  training.decision = decision.seq;
  TRY_ASSIGN(training.as_of, SecondsOf(decision.as_of));
  TRY_ASSIGN(const StoredRecord record, ReadRecord(session, decision.id));
  TRY(ReadEvidence(record.body, training)
          .While("reading decision " + std::to_string(decision.seq)));
  training.outcome = outcome == nullptr ? kFailed : outcome->action;
  if (outcome == nullptr) return training;
  TRY_ASSIGN(const StoredRecord after, ReadRecord(session, outcome->id));
  TRY_ASSIGN(training.challenger, store::JsonPlace(after.body).TextOr("challenger"));
  return training;
}

// Under the lock a policy's training is always followed by what came of it.
Status ReadTrainings(run::Session& session, const std::string& policy, Observation& observation) {
  TRY_ASSIGN(const auto rows, store::DecisionLog(session.catalog()).Decisions(policy));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].action != kRetrain) continue;
    const bool has_outcome = i + 1 < rows.size();
    TRY_ASSIGN(observation.inputs.trainings.emplace_back(),
               ReadTraining(session, rows[i], has_outcome ? &rows[i + 1] : nullptr));
    if (!has_outcome) observation.cut_short = rows[i].seq;
  }
  return {};
}

}  // namespace

std::string NameOf(const run::NamedVersion& version) {
  constexpr std::size_t kShown = 12;
  return version.dataset + "@" +
         (version.number.empty() ? "version:" + version.body.version.substr(0, kShown)
                                 : version.number);
}

Result<StoredRecord> ReadRecord(run::Session& session, const std::string& id) {
  TRY_ASSIGN(const std::string text, session.objects().Get(id).While("reading a decision"));
  TRY_ASSIGN(const Json json, ParseJson(text).While("reading decision " + id));
  for (const char* kind : {kDecisionKind, kTrainingKind}) {
    const auto body = json.is_object() ? json.find(kind) : json.end();
    if (body != json.end() && body->is_object()) return StoredRecord{kind, *body};
  }
  return Error{ErrorCode::kData, "not a decision: object " + id,
               "`assay dataset verify` finds what is damaged"};
}

Result<Observation> Observe(run::Session& session, const contract::Project& project,
                            const contract::RetrainPolicy& policy, std::int64_t now,
                            bool approved) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  Observation observation;
  PolicyInputs& inputs = observation.inputs;
  inputs.policy = policy;
  inputs.now = now;
  inputs.approved = approved;
  TRY_ASSIGN(observation.champion, run::FindRole(session, policy.model, run::kChampion));
  if (observation.champion) {
    const run::NamedModel& champion = *observation.champion;
    inputs.champion =
        Champion{champion.Ref(), champion.id, champion.body.commit, champion.body.created_at};
  }
  TRY_ASSIGN(const auto head, catalog->FindRef(policy.dataset, "branch", "main"));
  if (head) {
    TRY_ASSIGN(observation.newest, run::FindVersion(session, policy.dataset));
    inputs.newest = NewestVersion{NameOf(*observation.newest), observation.newest->commit,
                                  observation.newest->body.version};
  }
  for (const contract::SignalDecl& signal : policy.signals) {
    const SignalKind* kind = FindSignal(signal.kind);
    if (kind == nullptr) {
      return Error{ErrorCode::kInternal, "a signal without a kind: " + signal.kind, ""};
    }
    const SignalContext context{session,
                                project,
                                signal.params,
                                now,
                                observation.champion ? &*observation.champion : nullptr,
                                observation.newest ? &*observation.newest : nullptr};
    TRY_ASSIGN(SignalReading reading, kind->read(context).While("signal " + signal.kind));
    reading.kind = signal.kind;
    inputs.signals.push_back(std::move(reading));
  }
  TRY(ReadTrainings(session, policy.name, observation));
  return observation;
}

}  // namespace assay::retrain
