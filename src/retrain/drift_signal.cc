#include "contract/number_text.h"
#include "retrain/signal.h"
#include "store/drift_log.h"

namespace assay::retrain {
namespace {

// Verdicts of monitors; a word that is not known is not taken for good news.
std::optional<bool> IsDrift(const std::string& verdict) {
  if (verdict == "fail" || verdict == "drift") return true;
  if (verdict == "pass" || verdict == "warn" || verdict == "none") return false;
  return std::nullopt;
}

Result<SignalReading> Read(const SignalContext& context) {
  SignalReading reading;
  reading.subject = context.params.at("monitor").get<std::string>();
  reading.limit = "drift";
  TRY_ASSIGN(const auto newest, store::DriftLog(context.session.catalog()).Newest(reading.subject));
  if (!newest) {
    reading.note = "monitor " + reading.subject + " has no result yet";
    return reading;
  }
  reading.value = newest->verdict;
  reading.evidence = newest->id;
  const std::string what =
      newest->subject + " against " + newest->reference + ", judged at " + newest->created_at;
  // It spoke of the champion before this one.
  if (context.champion != nullptr &&
      contract::CompareTimes(newest->created_at, context.champion->body.created_at) < 0) {
    reading.note = what + ", before " + context.champion->Ref() + " was made";
    return reading;
  }
  reading.exceeds = IsDrift(newest->verdict);
  reading.note = reading.exceeds ? what : "a verdict that is not known: " + newest->verdict;
  return reading;
}

}  // namespace

SignalKind drift_signal() {
  using contract::ParamType;
  return {.info = {.name = "drift",
                   .summary = "the last result of a monitor says drift",
                   .help = "A result from before the champion was made is no evidence. A result "
                           "that a training has followed from fires no more.",
                   .params = {{.name = "monitor",
                               .type = ParamType::kString,
                               .summary = "the monitor's name",
                               .required = true,
                               .names_one_of = "monitors"}},
                   .subject = "monitor",
                   .example = "- {drift: june}\n"},
          .read = Read};
}

}  // namespace assay::retrain
