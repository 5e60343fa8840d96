#include <cstdlib>

#include "contract/number_text.h"
#include "feedback/report.h"
#include "retrain/signal.h"

namespace assay::retrain {
namespace {

constexpr std::size_t kDay = 10;  // of `2001-06-15T00:00:00Z`
constexpr std::size_t kMonth = 7;

std::vector<std::string> MetricNames() {
  std::vector<std::string> names;
  for (const feedback::MetricInfo& metric : feedback::AllMetrics()) names.push_back(metric.name);
  return names;
}

// What the champion was said to reach: the metric by its plain name, else of a split that it did
// not learn from.
std::string BaselineOf(const run::Model& champion, const std::string& metric) {
  for (const char* group : {"", "test.", "validation."}) {
    const auto found = champion.metrics.find(group + metric);
    if (found != champion.metrics.end()) return found->second;
  }
  return "";
}

const contract::FeedbackStream* FindStream(const contract::Project& project,
                                           const std::string& name) {
  for (const contract::FeedbackStream& stream : project.feedback) {
    if (stream.name == name) return &stream;
  }
  return nullptr;
}

// The newest window with enough outcomes; null where there is none.
const feedback::Quality* NewestWindow(const feedback::Report& report, std::uint64_t min_rows) {
  for (auto window = report.windows.rbegin(); window != report.windows.rend(); ++window) {
    if (window->joined >= min_rows) return &*window;
  }
  return nullptr;
}

// Worse by more than `worse_by`, which is a decimal and stays one.
bool IsWorse(const feedback::MetricInfo& metric, const std::string& baseline, double value,
             const std::string& worse_by) {
  const double before = std::strtod(baseline.c_str(), nullptr);
  const double loss = metric.higher_is_better ? before - value : value - before;
  return contract::CompareNumbers(DoubleText(loss), worse_by) > 0;
}

// `2001-06 so far, 120 outcomes of late@v2, without the stream's 30 other predictions`
std::string Judged(const feedback::Report& report, const feedback::Quality& window,
                   std::int64_t now) {
  const std::string today = UtcText(now * 1'000'000);
  std::string text = window.window;
  if (today.starts_with(window.window)) text += " so far";
  text += ", " + std::to_string(window.joined) + " outcomes";
  if (report.model.empty()) return text + ", no prediction names a model";
  text += " of " + report.model;
  if (report.of_others == 0) return text;
  return text + ", without the stream's " + std::to_string(report.of_others) +
         (report.of_others == 1 ? " other prediction" : " other predictions");
}

Result<SignalReading> Read(const SignalContext& context) {
  const auto name = context.params.at("metric").get<std::string>();
  const auto stream_name = context.params.at("stream").get<std::string>();
  const auto worse_by = context.params.at("worse_by").get<std::string>();
  const auto by = context.params.at("window").get<std::string>();
  SignalReading reading;
  reading.subject = name + " of " + stream_name;
  reading.limit = "worse by " + worse_by;
  const feedback::MetricInfo* metric = feedback::FindMetric(name);
  const contract::FeedbackStream* stream = FindStream(context.project, stream_name);
  if (metric == nullptr || stream == nullptr) {
    return Error{ErrorCode::kInternal, "a signal that was not checked: " + reading.subject, ""};
  }
  if (context.champion == nullptr) {
    reading.note = "there is no champion";
    return reading;
  }
  const run::NamedModel& champion = *context.champion;
  const std::string baseline = BaselineOf(champion.body, name);
  if (baseline.empty()) {
    reading.note = champion.Ref() + " was added without the metric " + name;
    return reading;
  }
  feedback::ReportOptions options;
  options.by = by;
  options.slices = std::vector<std::string>{};
  options.model = champion.Ref();
  options.model_id = champion.id;
  options.or_unnamed = true;
  options.as_of = UtcText(context.now * 1'000'000);
  const auto report = feedback::MakeReport(context.session, *stream, options);
  if (!report.ok()) {
    // A stream to which nothing has come is no evidence, and no mistake.
    if (report.error().code != ErrorCode::kUser) return Error(report.error());
    reading.note = report.error().message;
    return reading;
  }
  const auto min_rows = context.params.at("min_rows").get<std::uint64_t>();
  const feedback::Quality* window = NewestWindow(*report, min_rows);
  if (window == nullptr) {
    reading.note = "no " + by + " has " + std::to_string(min_rows) + " predictions with outcomes" +
                   (report->model.empty() ? "" : " of " + report->model);
    return reading;
  }
  const std::string what = Judged(*report, *window, context.now);
  if (window->window < champion.body.created_at.substr(0, by == "day" ? kDay : kMonth)) {
    reading.note = what + ", before " + champion.Ref() + " was made";
    return reading;
  }
  const std::optional<double> value = window->metrics.Of(name);
  if (!value) {
    const auto why = window->metrics.undefined.find(name);
    reading.note =
        what + ": " + (why == window->metrics.undefined.end() ? "not defined" : why->second);
    return reading;
  }
  reading.exceeds = IsWorse(*metric, baseline, *value, worse_by);
  reading.value = DoubleText(*value);
  // A window has one name while it grows and when it is over, so that one training answers for it.
  // Where no prediction tells the champions apart, it answers for the next champion, too.
  reading.evidence =
      stream_name + " " + (report->model.empty() ? "" : report->model + " ") + window->window;
  reading.note = what + "; " + champion.Ref() + " had " + contract::RoundedNumber(baseline) + ", " +
                 (metric->higher_is_better ? "higher" : "lower") + " is better";
  return reading;
}

Status Check(const Json& params) {
  if (params.at("min_rows").get<std::int64_t>() < 1) {
    return Error{ErrorCode::kUser, "min_rows must be at least 1: " + params.at("min_rows").dump(),
                 ""};
  }
  const auto worse_by = params.at("worse_by").get<std::string>();
  if (contract::CompareNumbers(worse_by, "0") >= 0) return {};
  return Error{ErrorCode::kUser, "worse_by is below zero: " + worse_by,
               "write by how much the metric may be worse, whichever way is worse"};
}

}  // namespace

SignalKind metric_signal() {
  using contract::ParamType;
  return {
      .info = {.name = "metric",
               .summary = "a metric of what the model predicted is worse than it was in training",
               .help = "The newest window of the champion's predictions with enough outcomes is "
                       "compared with the metric that the champion was added with (by its "
                       "name, else `test.METRIC`, `validation.METRIC`). Which way is worse, "
                       "the metric tells. The champion's are those whose `model` is its name "
                       "(`late@v2`) or its id; all, where no prediction of the stream names a "
                       "model. Windows from before the champion was made are no evidence. A "
                       "window that is not over yet is judged by what is there; it fires no "
                       "more once a training has followed from it.",
               .params = {{.name = "metric",
                           .type = ParamType::kChoice,
                           .summary = "which metric",
                           .required = true,
                           .choices = MetricNames()},
                          {.name = "stream",
                           .type = ParamType::kString,
                           .summary = "the stream of feedback",
                           .required = true,
                           .names_one_of = "feedback"},
                          {.name = "worse_by",
                           .type = ParamType::kNumber,
                           .summary = "by how much it may be worse",
                           .required = true},
                          {.name = "window",
                           .type = ParamType::kChoice,
                           .summary = "span of the predictions' time",
                           .by_default = Json("month"),
                           .choices = {"day", "month"}},
                          {.name = "min_rows",
                           .type = ParamType::kInteger,
                           .summary = "outcomes that a window needs",
                           .by_default = Json(100)}},
               .subject = "metric",
               .check = Check,
               .example = "- {metric: log_loss, stream: late, worse_by: 0.02}\n"},
      .read = Read};
}

}  // namespace assay::retrain
