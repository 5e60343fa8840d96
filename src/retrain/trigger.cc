#include "retrain/trigger.h"

#include <utility>

#include "base/nearest.h"
#include "contract/number_text.h"
#include "store/decision_log.h"

namespace assay::retrain {
namespace {

using contract::RetrainPolicy;

Status RecordDecision(run::Session& session, TriggerReport& report, std::string& id) {
  const PolicyInputs& inputs = report.observation.inputs;
  TRY_ASSIGN(id, session.objects().Put(report.text));
  store::Catalog& catalog = session.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY_ASSIGN(report.number, store::DecisionLog(catalog).Add({0, inputs.policy.name, id,
                                                             UtcText(inputs.now * 1'000'000),
                                                             report.decision.action, ""}));
  TRY(catalog.AddEvent("retrain.decided", "",
                       Json{{"policy", inputs.policy.name},
                            {"decision", report.number},
                            {"id", id},
                            {"action", report.decision.action},
                            {"reason", report.decision.reason}}));
  return transaction.Commit();
}

Result<TriggerReport> DecideNow(run::Session& session, const contract::Project& project,
                                const RetrainPolicy& policy, const TriggerRequest& request) {
  TriggerReport report;
  TRY_ASSIGN(report.observation, Observe(session, project, policy, request.now, request.approved));
  report.decision = Decide(report.observation.inputs);
  TRY_ASSIGN(report.text, DecisionText(report.observation.inputs, report.decision));
  return report;
}

}  // namespace

std::optional<contract::Project> ReadProject(run::Session& session,
                                             contract::Diagnostics& diagnostics) {
  return session.LoadProject(diagnostics);
}

Result<const RetrainPolicy*> FindPolicy(const contract::Project& project, const std::string& name) {
  if (project.policies.empty()) {
    return Error{ErrorCode::kUser, "the project has no retrain policy",
                 "declare one under `retrain:` in assay.yaml"};
  }
  std::vector<std::string> names;
  std::string all;
  for (const RetrainPolicy& policy : project.policies) {
    if (policy.name == name) return &policy;
    names.push_back(policy.name);
    all += (all.empty() ? "" : ", ") + policy.name;
  }
  if (name.empty() && project.policies.size() == 1) return &project.policies[0];
  if (name.empty()) {
    return Error{ErrorCode::kUser, "the project has several retrain policies",
                 "name one of them: " + all};
  }
  const std::string nearest = NearestName(name, names);
  return Error{ErrorCode::kUser, "no such policy: " + name,
               nearest.empty() ? "policies are " + all : "did you mean " + nearest + "?"};
}

Result<std::int64_t> MomentOf(const std::string& text, const Clock& clock) {
  std::int64_t micros = clock.NowMicros();
  if (!text.empty()) {
    TRY_ASSIGN(const std::string moment, contract::ParseTime(text));
    micros = contract::TimeMicros(moment);
  }
  constexpr std::int64_t kSecond = 1'000'000;
  return (micros - ((micros % kSecond) + kSecond) % kSecond) / kSecond;
}

Result<TriggerReport> Trigger(run::Session& session, const contract::Project& project,
                              const RetrainPolicy& policy, const TriggerRequest& request,
                              const std::function<void(const TriggerReport&)>& started) {
  TRY(session.NeedCatalog());
  if (request.dry_run) return DecideNow(session, project, policy, request);
  TRY(session.objects().EmptyStaging());
  TRY_ASSIGN(TriggerReport report, DecideNow(session, project, policy, request));
  if (report.observation.cut_short > 0) {
    TRY(RecordCutShort(session, policy.name, report.observation.cut_short));
  }
  std::string id;
  TRY(RecordDecision(session, report, id));
  if (report.decision.action != kRetrain) return report;
  started(report);
  TRY_ASSIGN(report.outcome, Train(session, {policy, report.observation, report.number, id}));
  return report;
}

Json ExplanationJson(const Explanation& explanation) {
  Json json{{"number", explanation.number},
            {"id", explanation.id},
            {"created_at", explanation.created_at},
            {"decision", explanation.decision}};
  if (explanation.training) json["training"] = *explanation.training;
  return json;
}

Result<Json> DecisionBody(const std::string& text) {
  TRY_ASSIGN(const Json json, ParseJson(text));
  return json.at(kDecisionKind);
}

Result<std::vector<Explanation>> NewestDecisions(run::Session& session, const std::string& policy,
                                                 std::size_t limit) {
  std::vector<Explanation> decisions;
  if (!session.has_catalog()) return decisions;
  TRY_ASSIGN(const auto rows, store::DecisionLog(session.catalog()).Decisions(policy));
  std::optional<Json> training;
  for (std::size_t i = rows.size(); i-- > 0 && decisions.size() < limit;) {
    TRY_ASSIGN(StoredRecord record, ReadRecord(session, rows[i].id));
    if (record.kind == kTrainingKind) {
      training = std::move(record.body);
      continue;
    }
    const bool is_cut_short = rows[i].action == kRetrain && !training;
    decisions.push_back({rows[i].seq, rows[i].id, rows[i].created_at, std::move(record.body),
                         std::exchange(training, std::nullopt), is_cut_short});
  }
  return decisions;
}

Result<Explanation> FindDecision(run::Session& session, const std::string& policy,
                                 std::int64_t number) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  TRY_ASSIGN(const auto rows, store::DecisionLog(*catalog).Decisions(policy));
  Explanation found;
  const std::string wanted = std::to_string(number);
  // Newest first; a row that tells of a training belongs to the decision before it.
  std::optional<Json> training;
  for (std::size_t i = rows.size(); i-- > 0;) {
    TRY_ASSIGN(StoredRecord record, ReadRecord(session, rows[i].id));
    if (record.kind == kTrainingKind) {
      training = std::move(record.body);
      if (rows[i].seq != number) continue;
      // The number of a training stands for its decision.
      number = training->value("decision", std::int64_t{0});
      continue;
    }
    if (number == 0 || rows[i].seq == number) {
      found.number = rows[i].seq;
      found.id = rows[i].id;
      found.created_at = rows[i].created_at;
      found.decision = std::move(record.body);
      found.is_cut_short = rows[i].action == kRetrain && !training;
      found.training = std::move(training);
      return found;
    }
    training.reset();
  }
  if (number == 0) {
    return Error{ErrorCode::kUser, "nothing has been decided yet by policy: " + policy,
                 "`assay retrain trigger " + policy + "` decides"};
  }
  return Error{ErrorCode::kUser, "policy " + policy + " has no decision with number: " + wanted,
               "`assay retrain explain " + policy + "` shows the newest"};
}

}  // namespace assay::retrain
