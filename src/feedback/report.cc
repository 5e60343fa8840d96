#include "feedback/report.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include "contract/mapping.h"
#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "feedback/joined.h"

namespace assay::feedback {
namespace {

namespace fs = std::filesystem;
using engine::QuoteText;

// A slice and a window.
using Key = std::pair<std::string, std::string>;

struct Group {
  Quality quality;
  ClassJudge classes;
  ScoreJudge scores;
};

// Reads columns that are never null out of `row/1` bytes.
class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : bytes_(bytes) {}

  std::string Text() {
    const auto size = Raw<std::uint32_t>();
    const std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }
  double Number() { return Raw<double>(); }
  std::uint64_t Count() { return Raw<std::uint64_t>(); }

 private:
  template <typename Value>
  Value Raw() {
    Value value;
    std::memcpy(&value, bytes_.data() + 1, sizeof value);  // behind the tag
    bytes_.remove_prefix(1 + sizeof value);
    return value;
  }

  std::string_view bytes_;
};

std::string WindowSql(const std::string& by) {
  const char* form = by == "day" ? "%Y-%m-%d" : by == "week" ? "%G-W%V" : "%Y-%m";
  return std::string("strftime(time, '") + form + "')";
}

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

class Reporter {
 public:
  Reporter(engine::Engine& engine, const contract::FeedbackStream& stream, std::string by,
           const fs::path& joined)
      : engine_(engine),
        positive_(stream.positive),
        by_(std::move(by)),
        from_(engine::ReadParquet({joined}, {})) {}

  Status CheckFew(const std::string& expression, const std::string& what, const std::string& hint) {
    TRY_ASSIGN(const engine::Grid grid,
               engine_.Query("SELECT count(DISTINCT " + expression + ") FROM " + from_));
    const std::string count = grid.rows.at(0).at(0).value_or("0");
    if (std::stoull(count) <= kMostClasses) return {};
    return Error{ErrorCode::kUser, what + ", and there are: " + count, hint};
  }

  Status CheckClasses() {
    for (const char* const column : {"prediction", "outcome"}) {
      TRY(CheckFew(column,
                   std::string("quality is told of at most ") + std::to_string(kMostClasses) +
                       " classes of " + column,
                   "write the class as `prediction`, and its probability as `score`"));
    }
    return {};
  }

  // All groups, by slice, then window. With an empty slice, and without windows, one group.
  Result<std::vector<Quality>> Judge(const std::string& slice, bool by_window) {
    groups_.clear();
    const std::string keys = (slice.empty() ? "''" : "coalesce(" + slice + ", '')") +
                             std::string(", ") + (by_window ? WindowSql(by_) : "''");
    TRY(CountClasses(keys));
    if (!positive_.empty()) TRY(ReadScores(keys));
    std::vector<Quality> all;
    for (auto& [key, group] : groups_) {
      Finish(group);
      all.push_back(std::move(group.quality));
    }
    Compare(all);
    return all;
  }

  Result<std::vector<ModelCount>> Models() {
    TRY_ASSIGN(const engine::Grid grid,
               engine_.Query("SELECT model, count(*) FROM " + from_ + " GROUP BY 1 ORDER BY 1"));
    std::vector<ModelCount> models;
    models.reserve(grid.rows.size());
    for (const auto& row : grid.rows) {
      models.push_back({row[0].value_or(""), std::stoull(row[1].value_or("0"))});
    }
    return models;
  }

  Result<bool> HasScores() {
    TRY_ASSIGN(const engine::Grid grid, engine_.Query("SELECT count(score) FROM " + from_));
    return grid.rows.at(0).at(0) != "0";
  }

 private:
  Group& GroupOf(const Key& key) {
    const auto found = groups_.find(key);
    if (found != groups_.end()) return found->second;
    Group group{{}, ClassJudge(positive_), {}};
    group.quality.slice = key.first;
    group.quality.window = key.second;
    return groups_.emplace(key, std::move(group)).first->second;
  }

  Status CountClasses(const std::string& keys) {
    return engine_.ReadRows(
        "SELECT " + keys +
            ", prediction, coalesce(outcome, ''), early::BIGINT, count(*)::BIGINT FROM " + from_ +
            " GROUP BY ALL",
        [&](const engine::EncodedRows& rows) -> Status {
          std::size_t start = 0;
          for (const std::size_t end : rows.ends) {
            RowReader row(rows.bytes.substr(start, end - start));
            start = end;
            std::string slice = row.Text();
            Group& group = GroupOf({std::move(slice), row.Text()});
            const std::string prediction = row.Text();
            const std::string outcome = row.Text();
            const bool early = row.Count() != 0;
            const std::uint64_t count = row.Count();
            group.quality.rows += count;
            if (early) group.quality.early += count;
            if (outcome.empty()) {
              group.quality.waiting += count;
            } else {
              group.quality.joined += count;
              group.classes.Add(prediction, outcome, count);
            }
          }
          return {};
        });
  }

  Status ReadScores(const std::string& keys) {
    const std::string is_positive = "outcome = " + QuoteText(positive_);
    return engine_.ReadRows(
        "SELECT " + keys + ", score, count(*) FILTER (" + is_positive +
            ")::BIGINT, count(*) FILTER (NOT " + is_positive + ")::BIGINT FROM " + from_ +
            " WHERE score IS NOT NULL AND outcome IS NOT NULL GROUP BY ALL ORDER BY 1, 2, 3",
        [&](const engine::EncodedRows& rows) -> Status {
          std::size_t start = 0;
          for (const std::size_t end : rows.ends) {
            RowReader row(rows.bytes.substr(start, end - start));
            start = end;
            std::string slice = row.Text();
            Group& group = GroupOf({std::move(slice), row.Text()});
            const double score = row.Number();
            const std::uint64_t positives = row.Count();
            group.scores.Add(score, positives, row.Count());
          }
          return {};
        });
  }

  void Finish(Group& group) {
    Quality& quality = group.quality;
    group.classes.Extract(quality.metrics);
    quality.classes = group.classes.Classes();
    if (positive_.empty()) return;
    quality.scored = group.scores.rows();
    group.scores.Extract(quality.metrics);
    quality.bins = group.scores.Bins();
    if (quality.joined == 0) return;
    quality.positive_share =
        static_cast<double>(group.classes.positives()) / static_cast<double>(quality.joined);
  }

  // With the nearest window before, of the same slice, that has outcomes.
  static void Compare(std::vector<Quality>& all) {
    const Quality* before = nullptr;
    for (Quality& quality : all) {
      if (before != nullptr && before->slice != quality.slice) before = nullptr;
      if (before != nullptr && quality.joined > 0) {
        quality.before = before->window;
        quality.positive_share_before = before->positive_share;
        quality.metrics_before = before->metrics;
      }
      if (quality.joined > 0) before = &quality;
    }
  }

  engine::Engine& engine_;
  const std::string positive_, by_, from_;
  std::map<Key, Group> groups_;
};

std::string FewOf(std::vector<std::string> names) {
  constexpr std::size_t kShown = 5;
  const bool more = names.size() > kShown;
  if (more) names.resize(kShown);
  return contract::Join(names) + (more ? ", ..." : "");
}

// What would make the numbers surprising.
std::vector<std::string> Notes(const Report& report, bool has_scores) {
  std::vector<std::string> notes;
  if (report.positive.empty() && has_scores) {
    notes.push_back("scores are not judged: the stream declares no `positive` outcome");
  }
  std::vector<std::string> predicted;
  std::vector<std::string> came;
  bool positive_there = false;
  bool common = false;
  for (const ClassRow& row : report.all.classes) {
    if (row.predicted > 0) predicted.push_back(row.name);
    if (row.came > 0) came.push_back(row.name);
    common = common || (row.predicted > 0 && row.came > 0);
    positive_there = positive_there || row.name == report.positive;
  }
  if (report.all.joined > 0 && !common) {
    notes.push_back("no outcome is a class that was predicted: predicted were " + FewOf(predicted) +
                    "; outcomes are " + FewOf(came));
  } else if (report.all.joined > 0 && !report.positive.empty() && !positive_there) {
    notes.push_back("no prediction and no outcome is the positive one, " + report.positive +
                    "; outcomes are " + FewOf(came));
  }
  for (const auto& [metric, reason] : report.all.metrics.undefined) {
    notes.push_back(FindMetric(metric)->title + " is undefined: " + reason);
  }
  return notes;
}

Json ClassesJson(const Quality& quality) {
  Json classes = Json::array();
  for (const ClassRow& row : quality.classes) {
    classes.push_back(Json{{"class", row.name},
                           {"predicted", row.predicted},
                           {"came", row.came},
                           {"hits", row.hits},
                           {"precision", OrNull(row.precision)},
                           {"recall", OrNull(row.recall)}});
  }
  return classes;
}

Json CalibrationJson(const Quality& quality) {
  Json bins = Json::array();
  for (std::size_t i = 0; i < kBins; ++i) {
    const CalibrationBin& bin = quality.bins[i];
    const bool empty = bin.rows == 0;
    bins.push_back(Json{{"from", static_cast<double>(i) / kBins},
                        {"to", static_cast<double>(i + 1) / kBins},
                        {"rows", bin.rows},
                        {"mean_score", empty ? Json() : Json(bin.mean_score)},
                        {"positive_share", empty ? Json() : Json(bin.positive_share)}});
  }
  return bins;
}

Json ChangeJson(const Quality& quality) {
  Json metrics = Json::object();
  for (const MetricInfo& metric : AllMetrics()) {
    const auto now = quality.metrics.Of(metric.name);
    const auto before = quality.metrics_before.Of(metric.name);
    if (!now || !before) continue;
    metrics[metric.name] = Json{{"by", *now - *before}, {"is", ChangeText(metric, *before, *now)}};
  }
  Json change{{"since", quality.before}, {"metrics", std::move(metrics)}};
  if (quality.positive_share && quality.positive_share_before) {
    change["positive_share"] = *quality.positive_share - *quality.positive_share_before;
  }
  return change;
}

Json QualityJson(const Quality& quality) {
  Json metrics = Json::object();
  Json undefined = Json::object();
  for (const MetricInfo& metric : AllMetrics()) {
    const auto value = quality.metrics.Of(metric.name);
    const auto reason = quality.metrics.undefined.find(metric.name);
    if (!value && reason == quality.metrics.undefined.end()) continue;
    metrics[metric.name] = OrNull(value);
    if (!value) undefined[metric.name] = reason->second;
  }
  Json json{{"rows", quality.rows},         {"joined", quality.joined},
            {"waiting", quality.waiting},   {"early", quality.early},
            {"scored", quality.scored},     {"positive_share", OrNull(quality.positive_share)},
            {"metrics", std::move(metrics)}};
  if (!undefined.empty()) json["undefined"] = std::move(undefined);
  json["classes"] = ClassesJson(quality);
  if (quality.scored > 0) json["calibration"] = CalibrationJson(quality);
  if (!quality.window.empty()) json["window"] = quality.window;
  if (!quality.before.empty()) json["change"] = ChangeJson(quality);
  return json;
}

Json SliceJson(const SliceColumn& slice) {
  Json list = Json::array();
  for (const Quality& whole : slice.slices) {
    Json windows = Json::array();
    for (const Quality& quality : slice.windows) {
      if (quality.slice == whole.slice) windows.push_back(QualityJson(quality));
    }
    list.push_back(
        Json{{"slice", whole.slice}, {"all", QualityJson(whole)}, {"windows", std::move(windows)}});
  }
  return Json{{"column", slice.column}, {"slices", std::move(list)}};
}

}  // namespace

Result<Report> MakeReport(run::Session& session, const contract::FeedbackStream& stream,
                          const ReportOptions& options) {
  JoinRequest request;
  request.slices = options.slices.value_or(stream.slices);
  request.model = options.model;
  request.model_id = options.model_id;
  request.or_unnamed = options.or_unnamed;
  if (!options.as_of.empty()) {
    TRY_ASSIGN(request.as_of, contract::ParseTime(options.as_of));
  }
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const store::StagedFile joined(session.objects().StagingPath(".parquet"));
  TRY_ASSIGN(const JoinCounts counts, WriteJoined(session, stream, request, joined.path()));
  if (counts.predictions == 0) {
    return Error{ErrorCode::kUser,
                 "stream " + stream.name + " has no such prediction" +
                     (options.model.empty() ? "" : " of model: " + options.model),
                 "`assay feedback report` without --model and --as-of shows all"};
  }
  Report report;
  report.stream = stream.name;
  report.by = options.by;
  if (counts.is_of_model) report.model = options.model;
  report.of_others = counts.of_others;
  report.as_of = request.as_of;
  report.positive = stream.positive;
  report.predictions = counts.predictions;
  report.repeated = counts.repeated;
  report.conflicts = counts.conflicts;
  report.outcomes = counts.outcomes;
  report.repeated_outcomes = counts.repeated_outcomes;
  report.corrected = counts.corrected;
  report.unmatched = counts.unmatched;

  Reporter reporter(*engine, stream, options.by, joined.path());
  TRY(reporter.CheckClasses());
  TRY_ASSIGN(report.models, reporter.Models());
  TRY_ASSIGN(auto all, reporter.Judge("", false));
  report.all = std::move(all.at(0));
  TRY_ASSIGN(report.windows, reporter.Judge("", true));
  for (std::size_t i = 0; i < request.slices.size(); ++i) {
    const std::string column = "s" + std::to_string(i);
    TRY(reporter.CheckFew(column,
                          "quality is told of at most " + std::to_string(kMostClasses) +
                              " slices, `" + request.slices[i] + "` has more",
                          "slice by another column"));
    SliceColumn slice{request.slices[i], {}, {}};
    TRY_ASSIGN(slice.slices, reporter.Judge(column, false));
    TRY_ASSIGN(slice.windows, reporter.Judge(column, true));
    report.slices.push_back(std::move(slice));
  }
  TRY_ASSIGN(const bool has_scores, reporter.HasScores());
  report.notes = Notes(report, has_scores);
  return report;
}

Json ReportJson(const Report& report) {
  Json models = Json::array();
  for (const ModelCount& model : report.models) {
    models.push_back(Json{{"model", model.model}, {"predictions", model.predictions}});
  }
  Json directions = Json::object();
  for (const MetricInfo& metric : AllMetrics()) {
    directions[metric.name] = metric.higher_is_better ? "higher" : "lower";
  }
  Json windows = Json::array();
  for (const Quality& quality : report.windows) windows.push_back(QualityJson(quality));
  Json slices = Json::array();
  for (const SliceColumn& slice : report.slices) slices.push_back(SliceJson(slice));
  Json json{{"stream", report.stream},
            {"by", report.by},
            {"predictions", Json{{"counted", report.predictions},
                                 {"repeated", report.repeated},
                                 {"conflicts", report.conflicts}}},
            {"outcomes", Json{{"counted", report.outcomes},
                              {"repeated", report.repeated_outcomes},
                              {"corrected", report.corrected},
                              {"unmatched", report.unmatched}}},
            {"models", std::move(models)},
            {"better_is", std::move(directions)},
            {"all", QualityJson(report.all)},
            {"windows", std::move(windows)},
            {"slices", std::move(slices)},
            {"notes", report.notes}};
  if (!report.positive.empty()) json["positive"] = report.positive;
  if (!report.model.empty()) json["model"] = report.model;
  if (!report.as_of.empty()) json["as_of"] = report.as_of;
  return json;
}

}  // namespace assay::feedback
