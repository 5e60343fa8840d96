#include "retrain/decide.h"

#include <algorithm>

#include "base/clock.h"
#include "contract/duration.h"

namespace assay::retrain {
namespace {

using contract::DurationWords;
using contract::RetrainPolicy;

std::string TimeText(std::int64_t seconds) { return UtcText(seconds * 1'000'000); }

// One that failed has taught nothing and may be tried again at once; it does cost budget.
bool CameToItsEnd(const PastTraining& training) { return training.outcome != kFailed; }

std::string SignalName(const SignalReading& signal) {
  return signal.kind + (signal.subject.empty() ? "" : " " + signal.subject);
}

// The number of the newest decision whose training followed from this evidence; 0 without.
std::int64_t AnsweredBy(const SignalReading& signal, const std::vector<PastTraining>& trainings) {
  std::int64_t answered = 0;
  for (const PastTraining& training : trainings) {
    const auto& evidence = training.evidence;
    const bool same =
        std::find(evidence.begin(), evidence.end(), signal.evidence) != evidence.end();
    if (same && CameToItsEnd(training)) answered = training.decision;
  }
  return answered;
}

void JudgeSignals(const PolicyInputs& inputs, Decision& decision) {
  for (const SignalReading& signal : inputs.signals) {
    SignalState state = SignalState::kQuiet;
    std::int64_t answered = 0;
    if (!signal.exceeds) {
      state = SignalState::kUnknown;
    } else if (*signal.exceeds) {
      if (!signal.evidence.empty()) answered = AnsweredBy(signal, inputs.trainings);
      state = answered > 0 ? SignalState::kAnswered : SignalState::kFired;
    }
    decision.signals.push_back(state);
    decision.answered_by.push_back(answered);
  }
  const auto fired =
      std::count(decision.signals.begin(), decision.signals.end(), SignalState::kFired);
  const auto all = static_cast<std::ptrdiff_t>(decision.signals.size());
  decision.fired = inputs.policy.needs_all ? fired > 0 && fired == all : fired > 0;
}

std::string NamesOf(const PolicyInputs& inputs, const Decision& decision, SignalState state) {
  std::string names;
  for (std::size_t i = 0; i < decision.signals.size(); ++i) {
    if (decision.signals[i] != state) continue;
    names += (names.empty() ? "" : ", ") + SignalName(inputs.signals[i]);
  }
  return names;
}

std::string WhyNotFired(const PolicyInputs& inputs, const Decision& decision) {
  std::string reason = inputs.policy.needs_all ? "not all signals fired" : "no signal fired";
  for (const SignalState state :
       {SignalState::kQuiet, SignalState::kAnswered, SignalState::kUnknown}) {
    const std::string names = NamesOf(inputs, decision, state);
    if (!names.empty()) reason += "; " + StateText(state) + ": " + names;
  }
  return reason;
}

std::string Ahead(const PastTraining& training, std::int64_t now) {
  return training.as_of > now ? ", which lies ahead" : "";
}

void ApplyCooldown(const PolicyInputs& inputs, Decision& decision) {
  const contract::Duration& cooldown = inputs.policy.cooldown;
  const PastTraining* last = nullptr;
  for (const PastTraining& training : inputs.trainings) {
    if (!CameToItsEnd(training)) continue;
    if (last == nullptr || training.as_of >= last->as_of) last = &training;
  }
  if (last == nullptr || last->as_of + cooldown.seconds <= inputs.now) return;
  // Without a cooldown a training that lies ahead holds nobody back.
  if (cooldown.seconds == 0) return;
  decision.cooldown_end = last->as_of + cooldown.seconds;
  decision.suppressed.push_back({"cooldown", "the last training was at " + TimeText(last->as_of) +
                                                 Ahead(*last, inputs.now) + "; cooldown of " +
                                                 cooldown.text + " lasts until " +
                                                 TimeText(*decision.cooldown_end)});
}

void ApplyBudget(const PolicyInputs& inputs, Decision& decision) {
  const RetrainPolicy& policy = inputs.policy;
  if (!policy.budget) return;
  const auto counts = [&](const PastTraining& training) {
    return training.as_of > inputs.now - policy.budget_window.seconds;
  };
  const std::int64_t used = std::count_if(inputs.trainings.begin(), inputs.trainings.end(), counts);
  decision.budget_left = std::max<std::int64_t>(0, *policy.budget - used);
  if (*decision.budget_left > 0) return;
  decision.suppressed.push_back({"budget", std::to_string(used) + " trainings in the last " +
                                               policy.budget_window.text + ", the budget is " +
                                               std::to_string(*policy.budget)});
}

// A challenger that nobody has decided on: another one would not make that easier.
void ApplyPending(const PolicyInputs& inputs, Decision& decision) {
  if (inputs.trainings.empty() || inputs.approved) return;
  const PastTraining& last = inputs.trainings.back();
  const bool same_champion = inputs.champion && inputs.champion->id == last.champion;
  if (last.outcome != kNeedsApproval || !same_champion) return;
  decision.suppressed.push_back(
      {"approval", last.challenger + " of decision " + std::to_string(last.decision) +
                       " waits for approval: promote it, or trigger with --approve"});
}

Json SignalsJson(const PolicyInputs& inputs, const Decision& decision) {
  Json list = Json::array();
  for (std::size_t i = 0; i < inputs.signals.size(); ++i) {
    const SignalReading& signal = inputs.signals[i];
    Json json{{"kind", signal.kind}, {"state", StateText(decision.signals[i])}};
    const auto put = [&](const char* name, const std::string& text) {
      if (!text.empty()) json[name] = text;
    };
    put("subject", signal.subject);
    put("value", signal.value);
    put("limit", signal.limit);
    put("evidence", signal.evidence);
    put("note", signal.note);
    if (decision.answered_by[i] > 0) json["answered_by"] = decision.answered_by[i];
    list.push_back(std::move(json));
  }
  return list;
}

Json DeclaredJson(const RetrainPolicy& policy) {
  Json signals = Json::array();
  for (const contract::SignalDecl& signal : policy.signals) {
    signals.push_back(Json{{"kind", signal.kind}, {"params", signal.params}});
  }
  Json json{
      {"model", policy.model},
      {"dataset", policy.dataset},
      {"when", policy.needs_all ? "all" : "any"},
      {"signals", signals},
      {"cooldown", policy.cooldown.text},
      {"data_window", policy.data_window ? policy.data_window->text : "all"},
      {"train", {{"command", policy.train.as_written}, {"max_duration", policy.max_duration.text}}},
      {"evaluate",
       {{"split", policy.split},
        {"metric", policy.metric},
        {"positive", policy.positive},
        {"better_by", policy.better_by}}},
      {"approval", policy.needs_approval ? "yes" : "no"}};
  if (policy.budget) {
    json["budget"] = std::to_string(*policy.budget) + " per " + policy.budget_window.text;
  }
  if (policy.predict) json["predict"] = Json{{"command", policy.predict->as_written}};
  return json;
}

Json TrainingsJson(const std::vector<PastTraining>& trainings) {
  Json list = Json::array();
  for (const PastTraining& training : trainings) {
    list.push_back(Json{{"decision", training.decision},
                        {"as_of", TimeText(training.as_of)},
                        {"outcome", training.outcome}});
  }
  return list;
}

}  // namespace

std::string StateText(SignalState state) {
  switch (state) {
    case SignalState::kFired:
      return "fired";
    case SignalState::kQuiet:
      return "quiet";
    case SignalState::kAnswered:
      return "answered";
    case SignalState::kUnknown:
      break;
  }
  return "unknown";
}

Decision Decide(const PolicyInputs& inputs) {
  const RetrainPolicy& policy = inputs.policy;
  Decision decision;
  JudgeSignals(inputs, decision);
  ApplyCooldown(inputs, decision);
  ApplyBudget(inputs, decision);
  ApplyPending(inputs, decision);
  if (!inputs.champion) {
    decision.action = kNone;
    decision.reason = "model " + policy.model + " has no champion to be replaced";
  } else if (!inputs.newest) {
    decision.action = kNone;
    decision.reason = "dataset " + policy.dataset + " has no version to train on";
  } else if (!decision.fired) {
    decision.action = kNone;
    decision.reason = WhyNotFired(inputs, decision);
  } else if (!decision.suppressed.empty()) {
    decision.action = kSuppressed;
    for (const Suppression& suppression : decision.suppressed) {
      decision.reason += (decision.reason.empty() ? "" : "; ") + suppression.by;
    }
  } else if (policy.needs_approval && !inputs.approved) {
    decision.action = kNeedsApproval;
    decision.reason = "the policy asks for approval";
  } else {
    decision.action = kRetrain;
    decision.reason = "fired: " + NamesOf(inputs, decision, SignalState::kFired);
  }
  return decision;
}

Result<std::string> DecisionText(const PolicyInputs& inputs, const Decision& decision) {
  Json body{{"policy", inputs.policy.name},
            {"declared", DeclaredJson(inputs.policy)},
            {"as_of", TimeText(inputs.now)},
            {"approved", inputs.approved},
            {"signals", SignalsJson(inputs, decision)},
            {"trainings", TrainingsJson(inputs.trainings)},
            {"fired", decision.fired},
            {"action", decision.action},
            {"reason", decision.reason}};
  if (inputs.champion) {
    body["champion"] = Json{{"model", inputs.champion->ref},
                            {"id", inputs.champion->id},
                            {"commit", inputs.champion->commit},
                            {"created_at", inputs.champion->created_at}};
  }
  if (inputs.newest) {
    body["newest"] = Json{{"version", inputs.newest->version},
                          {"name", inputs.newest->ref},
                          {"commit", inputs.newest->commit}};
  }
  Json suppressed = Json::array();
  for (const Suppression& suppression : decision.suppressed) {
    suppressed.push_back(Json{{"by", suppression.by}, {"why", suppression.why}});
  }
  body["suppressed"] = suppressed;
  if (decision.budget_left) body["budget_left"] = *decision.budget_left;
  if (decision.cooldown_end) body["cooldown_end"] = TimeText(*decision.cooldown_end);
  return HashedText("assay.decision/1", body);
}

}  // namespace assay::retrain
