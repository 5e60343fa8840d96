/// How good predictions were: from counts to numbers. Pure; knows no stream, no file, no engine.
/// The numbers do not depend on the order in which counts come nor on how they are grouped.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/exact_sum.h"

namespace assay::feedback {

struct MetricInfo {
  std::string name;   ///< as in the project file and in JSON: `log_loss`
  std::string title;  ///< as people read it: `log loss`
  bool higher_is_better = true;
  bool needs_score = false;
};

/// Every metric there is, in the order in which they are shown.
const std::vector<MetricInfo>& AllMetrics();
const MetricInfo* FindMetric(const std::string& name);

/// `better`, `worse` or `same`, by the metric's direction.
const char* ChangeText(const MetricInfo& metric, double before, double now);

/// Values by metric, and for those that have none why.
struct Values {
  std::map<std::string, double> values;
  std::map<std::string, std::string> undefined;

  std::optional<double> Of(const std::string& metric) const;
};

/// Of one class: how often it was predicted, how often it came, how often both.
struct ClassRow {
  std::string name;
  std::uint64_t predicted = 0, came = 0, hits = 0;
  std::optional<double> precision, recall;  ///< nothing where there is nothing to divide by
};

/// Accuracy; precision, recall and F1 of the positive class where one is named. Memory is bounded
/// by the number of different pairs (prediction, outcome).
class ClassJudge {
 public:
  explicit ClassJudge(std::string positive) : positive_(std::move(positive)) {}
  void Add(const std::string& prediction, const std::string& outcome, std::uint64_t count);

  std::uint64_t rows() const { return rows_; }
  /// Rows whose outcome is the positive class.
  std::uint64_t positives() const;
  /// accuracy, precision, recall, f1; the last three of the positive class, when one is named.
  void Extract(Values& into) const;
  /// By the bytes of their names.
  std::vector<ClassRow> Classes() const;

 private:
  std::string positive_;
  std::uint64_t rows_ = 0, hits_ = 0;
  std::map<std::string, ClassRow> classes_;
};

/// Scores of a tenth of [0, 1]; the last tenth has both its ends.
struct CalibrationBin {
  std::uint64_t rows = 0, positives = 0;
  double mean_score = 0, positive_share = 0;  ///< 0 where there are no rows
};
inline constexpr std::size_t kBins = 10;

/// ROC AUC, log loss, Brier score, calibration. Memory does not depend on the number of scores.
class ScoreJudge {
 public:
  /// Rows of one score in [0, 1]; scores must come in ascending order, as a sorted query gives
  /// them, equal ones one after the other.
  void Add(double score, std::uint64_t positives, std::uint64_t negatives);

  std::uint64_t rows() const { return positives_ + negatives_; }
  /// roc_auc: probability that a positive row has the higher score, ties one half (the
  /// Mann-Whitney statistic over its greatest value: Hanley and McNeil 1982). log_loss: mean of
  /// -ln of the probability given to what came, at least 1e-15.
  /// brier_score: mean squared difference of score and outcome as 0 or 1 (Brier 1950).
  /// calibration_error: over the ten bins, the mean of |mean score - share of positives|, by rows.
  void Extract(Values& into) const;
  std::array<CalibrationBin, kBins> Bins() const;

 private:
  void CloseTie();

  std::uint64_t positives_ = 0, negatives_ = 0;
  // Of the score that is open: equal scores may come in parts.
  double score_ = -1;
  std::uint64_t tied_positives_ = 0, tied_negatives_ = 0;
  // Twice the number of pairs (positive, negative) in the right order, ties counted once.
  Uint128 twice_ordered_ = 0;
  std::uint64_t negatives_below_ = 0;
  ExactSum log_loss_, brier_;
  struct BinSum {
    std::uint64_t rows = 0, positives = 0;
    ExactSum scores;
  };
  std::array<BinSum, kBins> bins_;
};

/// A score and whether the positive class came.
using ScoredOutcome = std::pair<double, bool>;
/// All of the above for rows in any order: what a model is evaluated with.
Values JudgeScores(std::vector<ScoredOutcome> rows);

}  // namespace assay::feedback
