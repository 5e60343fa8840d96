#include "retrain/explain.h"

#include "contract/number_text.h"
#include "store/json_place.h"

namespace assay::retrain {
namespace {

std::string TextOf(const Json& body, const char* member) {
  const auto found = body.find(member);
  if (found == body.end()) return "";
  return store::Shown(found->is_string() ? found->get<std::string>() : found->dump());
}

Json ListOf(const Json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_array() ? *found : Json::array();
}

Json ObjectOf(const Json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_object() ? *found : Json::object();
}

std::string TrainingLines(const Json& training) {
  std::string text = "  training: " + TextOf(training, "action");
  if (const std::string model = TextOf(training, "challenger"); !model.empty()) {
    text += ", challenger " + model;
  }
  text += "\n    " + TextOf(training, "reason") + "\n";
  if (const std::string log = TextOf(training, "log"); !log.empty()) {
    text += "    log     " + log + "\n";
  }
  return text;
}

}  // namespace

std::string SignalLines(const Json& decision, const std::string& indent) {
  std::string text;
  const Json signals = ListOf(decision, "signals");
  for (const Json& signal : signals) {
    const std::string state = TextOf(signal, "state");
    std::string line =
        state + std::string(state.size() < 9 ? 9 - state.size() : 1, ' ') + TextOf(signal, "kind");
    if (const std::string subject = TextOf(signal, "subject"); !subject.empty()) {
      line += " " + subject;
    }
    const std::string value = contract::RoundedNumber(TextOf(signal, "value"));
    if (!value.empty()) line += ": " + value + ", limit " + TextOf(signal, "limit");
    if (const std::string note = TextOf(signal, "note"); !note.empty()) line += " (" + note + ")";
    if (state == "answered") {
      line += "; decision " + TextOf(signal, "answered_by") + " has trained on this evidence";
    }
    text += indent + line + "\n";
  }
  return text;
}

std::string ExplainText(const Explanation& explanation) {
  const Json& body = explanation.decision;
  const Json declared = ObjectOf(body, "declared");
  const std::string number =
      explanation.number == 0 ? "" : " " + std::to_string(explanation.number);
  std::string text = "decision" + number + " of policy " + TextOf(body, "policy") + ", as of " +
                     TextOf(body, "as_of") + ": " + TextOf(body, "action") + "\n  " +
                     TextOf(body, "reason") + "\n";
  if (const Json champion = ObjectOf(body, "champion"); !champion.empty()) {
    text += "  champion " + TextOf(champion, "model") + ", made at " +
            TextOf(champion, "created_at") + "\n";
  }
  if (const Json newest = ObjectOf(body, "newest"); !newest.empty()) {
    text += "  newest version " + TextOf(newest, "name") + "\n";
  }
  text += "  signals, of which " + TextOf(declared, "when") + " must fire\n" +
          SignalLines(body, "    ");
  const Json suppressed = ListOf(body, "suppressed");
  for (const Json& each : suppressed) {
    text += "  held back by " + TextOf(each, "by") + ": " + TextOf(each, "why") + "\n";
  }
  if (TextOf(body, "action") == kNeedsApproval) {
    text += "  `assay retrain trigger " + TextOf(body, "policy") + " --approve` trains\n";
  }
  if (explanation.training) {
    text += TrainingLines(*explanation.training);
  } else if (explanation.is_cut_short) {
    text += "  training: has not ended; assay was stopped, or is at it\n";
  }
  text.pop_back();
  return text;
}

}  // namespace assay::retrain
