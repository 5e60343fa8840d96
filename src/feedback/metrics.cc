#include "feedback/metrics.h"

#include <algorithm>
#include <cmath>

namespace assay::feedback {
namespace {

// A probability below it counts as this in log loss, which would be infinite.
constexpr double kLeast = 1e-15;

std::optional<double> Ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

void Put(Values& into, const char* metric, const std::optional<double>& value, const char* reason) {
  if (value) {
    into.values[metric] = *value;
  } else {
    into.undefined[metric] = reason;
  }
}

// Adds value * count without rounding: the product and what it lost.
void AddTimes(ExactSum& sum, double value, std::uint64_t count) {
  const auto times = static_cast<double>(count);
  const double product = value * times;
  sum.Add(product);
  sum.Add(std::fma(value, times, -product));
}

std::size_t BinOf(double score) {
  std::size_t bin = 0;
  while (bin + 1 < kBins && score >= static_cast<double>(bin + 1) / kBins) ++bin;
  return bin;
}

}  // namespace

const std::vector<MetricInfo>& AllMetrics() {
  static const std::vector<MetricInfo> kMetrics = {
      {"accuracy", "accuracy", true, false},
      {"precision", "precision", true, false},
      {"recall", "recall", true, false},
      {"f1", "F1", true, false},
      {"roc_auc", "ROC AUC", true, true},
      {"log_loss", "log loss", false, true},
      {"brier_score", "Brier score", false, true},
      {"calibration_error", "calibration error", false, true},
  };
  return kMetrics;
}

const MetricInfo* FindMetric(const std::string& name) {
  for (const MetricInfo& metric : AllMetrics()) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

const char* ChangeText(const MetricInfo& metric, double before, double now) {
  if (before == now) return "same";
  return (now > before) == metric.higher_is_better ? "better" : "worse";
}

std::optional<double> Values::Of(const std::string& metric) const {
  const auto found = values.find(metric);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

void ClassJudge::Add(const std::string& prediction, const std::string& outcome,
                     std::uint64_t count) {
  rows_ += count;
  classes_[prediction].predicted += count;
  classes_[outcome].came += count;
  if (prediction != outcome) return;
  classes_[outcome].hits += count;
  hits_ += count;
}

std::uint64_t ClassJudge::positives() const {
  const auto found = classes_.find(positive_);
  return found == classes_.end() ? 0 : found->second.came;
}

void ClassJudge::Extract(Values& into) const {
  constexpr const char* kNoRows = "no row has an outcome";
  Put(into, "accuracy", Ratio(hits_, rows_), kNoRows);
  if (positive_.empty()) return;
  const auto found = classes_.find(positive_);
  const ClassRow row = found == classes_.end() ? ClassRow{} : found->second;
  Put(into, "precision", Ratio(row.hits, row.predicted),
      rows_ == 0 ? kNoRows : "no row was predicted positive");
  Put(into, "recall", Ratio(row.hits, row.came), rows_ == 0 ? kNoRows : "no outcome was positive");
  Put(into, "f1", Ratio(2 * row.hits, row.predicted + row.came),
      rows_ == 0 ? kNoRows : "no prediction and no outcome was positive");
}

std::vector<ClassRow> ClassJudge::Classes() const {
  std::vector<ClassRow> rows;
  for (const auto& [name, counts] : classes_) {
    ClassRow row = counts;
    row.name = name;
    row.precision = Ratio(row.hits, row.predicted);
    row.recall = Ratio(row.hits, row.came);
    rows.push_back(std::move(row));
  }
  return rows;
}

void ScoreJudge::Add(double score, std::uint64_t positives, std::uint64_t negatives) {
  if (score != score_) {
    CloseTie();
    score_ = score;
  }
  tied_positives_ += positives;
  tied_negatives_ += negatives;
  positives_ += positives;
  negatives_ += negatives;

  AddTimes(log_loss_, -std::log(std::max(score, kLeast)), positives);
  AddTimes(log_loss_, 1 - score < kLeast ? -std::log(kLeast) : -std::log1p(-score), negatives);
  AddTimes(brier_, (1 - score) * (1 - score), positives);
  AddTimes(brier_, score * score, negatives);
  BinSum& bin = bins_[BinOf(score)];
  bin.rows += positives + negatives;
  bin.positives += positives;
  AddTimes(bin.scores, score, positives + negatives);
}

void ScoreJudge::CloseTie() {
  twice_ordered_ += Uint128{tied_positives_} * (Uint128{2} * negatives_below_ + tied_negatives_);
  negatives_below_ += tied_negatives_;
  tied_positives_ = 0;
  tied_negatives_ = 0;
}

void ScoreJudge::Extract(Values& into) const {
  constexpr const char* kNoRows = "no row has a score and an outcome";
  const std::uint64_t all = rows();
  ScoreJudge closed = *this;
  closed.CloseTie();
  std::optional<double> auc;
  if (positives_ > 0 && negatives_ > 0) {
    auc = static_cast<double>(closed.twice_ordered_) /
          static_cast<double>(Uint128{2} * positives_ * negatives_);
  }
  Put(into, "roc_auc", auc, all == 0 ? kNoRows : "all outcomes are of one class");
  std::optional<double> log_loss;
  std::optional<double> brier;
  std::optional<double> calibration;
  if (all > 0) {
    log_loss = log_loss_.Divided(all, 0);
    brier = brier_.Divided(all, 0);
    ExactSum off;
    for (const CalibrationBin& bin : Bins()) {
      AddTimes(off, std::fabs(bin.mean_score - bin.positive_share), bin.rows);
    }
    calibration = off.Divided(all, 0);
  }
  Put(into, "log_loss", log_loss, kNoRows);
  Put(into, "brier_score", brier, kNoRows);
  Put(into, "calibration_error", calibration, kNoRows);
}

std::array<CalibrationBin, kBins> ScoreJudge::Bins() const {
  std::array<CalibrationBin, kBins> bins;
  for (std::size_t i = 0; i < kBins; ++i) {
    bins[i].rows = bins_[i].rows;
    bins[i].positives = bins_[i].positives;
    if (bins[i].rows == 0) continue;
    bins[i].mean_score = bins_[i].scores.Divided(bins[i].rows, 0);
    bins[i].positive_share = *Ratio(bins[i].positives, bins[i].rows);
  }
  return bins;
}

Values JudgeScores(std::vector<ScoredOutcome> rows) {
  std::sort(rows.begin(), rows.end());
  ScoreJudge judge;
  for (const auto& [score, positive] : rows) judge.Add(score, positive ? 1 : 0, positive ? 0 : 1);
  Values values;
  judge.Extract(values);
  return values;
}

}  // namespace assay::feedback
