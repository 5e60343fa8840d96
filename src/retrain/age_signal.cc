#include "contract/duration.h"
#include "contract/number_text.h"
#include "retrain/signal.h"

namespace assay::retrain {
namespace {

Status Check(const Json& params) {
  TRY(contract::ParseDuration(params.at("age").get<std::string>()));
  return {};
}

Result<SignalReading> Read(const SignalContext& context) {
  TRY_ASSIGN(const contract::Duration limit,
             contract::ParseDuration(context.params.at("age").get<std::string>()));
  SignalReading reading;
  reading.limit = limit.text;
  if (context.champion == nullptr) {
    reading.note = "there is no champion";
    return reading;
  }
  const std::string& made = context.champion->body.created_at;
  TRY_ASSIGN(const std::string moment, contract::ParseTime(made).While("reading a champion"));
  const std::int64_t age = context.now - contract::TimeMicros(moment) / 1'000'000;
  reading.value = contract::DurationWords(age);
  reading.exceeds = age > limit.seconds;
  reading.note = context.champion->Ref() + " was made at " + made;
  return reading;
}

}  // namespace

SignalKind age_signal() {
  using contract::ParamType;
  return {.info = {.name = "age",
                   .summary = "the champion is older than a span of time",
                   .help = "Older than the span, by the time at which the model was added, or "
                           "`--at`. A champion of the future is not old.",
                   .params = {{.name = "age",
                               .type = ParamType::kString,
                               .summary = "the longest time without a new model, `90 days`",
                               .required = true}},
                   .subject = "age",
                   .check = Check,
                   .example = "- {age: 90 days}\n"},
          .read = Read};
}

}  // namespace assay::retrain
