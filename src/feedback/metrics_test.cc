#include "feedback/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace assay::feedback {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;

// Values of scikit-learn 1.8.0 (calibration error: numpy 2.4.6) for made scores and outcomes.
struct Judged {
  std::string name;
  std::vector<double> scores;
  std::vector<int> came;
  std::map<std::string, double> expected;
};

const std::vector<Judged>& Cases() {
  // clang-format off
  static const std::vector<Judged> kCases = {
      {"few",
       {0.625095, 0.897214, 0.775686, 0.225207, 0.300166, 0.873553, 0.005265, 0.821228, 0.797069, 0.467935, 0.303032, 0.278426},
       {1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1},
       {{"accuracy", 0.75}, {"precision", 0.8333333333333334}, {"recall", 0.7142857142857143}, {"f1", 0.7692307692307693}, {"roc_auc", 0.8}, {"log_loss", 0.4943632965096742}, {"brier_score", 0.16412140744383333}, {"calibration_error", 0.2525866666666667}}},
      {"ties",
       {0.4, 0.05, 0.1, 0.5, 0.95, 0.5, 0.8, 0.95, 0.9, 0.6, 0.4, 0.5, 0.2, 0.5, 0.4, 0.2, 0.95, 0.05, 0.1, 0.2, 0.95, 0.7, 0.9, 0.2, 0.7, 0.4, 0.5, 0.05, 0.6, 0.9, 0.7, 0.1, 0.5, 0.2, 0.95, 0.9, 0.2, 0.5, 0.95, 0.9, 0.7, 0.7, 0.05, 0.8, 0.5, 0.1, 0.2, 0.5, 0.7, 0.5, 0.6, 0.9, 0.7, 0.3, 0.7, 0.6, 0.1, 0.05, 0.7, 0.4},
       {1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0},
       {{"accuracy", 0.75}, {"precision", 0.7027027027027027}, {"recall", 0.8666666666666667}, {"f1", 0.7761194029850746}, {"roc_auc", 0.8166666666666667}, {"log_loss", 0.534297025558047}, {"brier_score", 0.17229166666666665}, {"calibration_error", 0.07249999999999998}}},
      {"skewed",
       {0.0, 0.027736, 0.724762, 0.001511, 0.406094, 0.328207, 0.140285, 0.06522, 9e-05, 0.007736, 0.148401, 0.001012, 0.438988, 0.153327, 0.042613, 6.3e-05, 0.437589, 0.497744, 0.003756, 6e-06, 1e-06, 0.110639, 0.10632, 0.038855, 0.764938, 0.000634, 0.182917, 0.100715, 0.030615, 0.001069, 0.086953, 0.025301, 0.000335, 0.157149, 0.006087, 0.04309, 0.000666, 0.643601, 0.286718, 0.007536, 0.170272, 6e-05, 0.003254, 0.00095, 0.111478, 0.138232, 0.175006, 5e-06, 0.078468, 0.491631, 0.274269, 0.00027, 0.090226, 0.004324, 1.8e-05, 0.01581, 0.477889, 0.000566, 0.003883, 0.118355, 0.053597, 0.16145, 0.003409, 0.077555, 0.010759, 0.051048, 0.104634, 0.13036, 0.0051, 0.459938, 0.587174, 0.211918, 0.025669, 0.006376, 0.054354, 0.554714, 0.182669, 0.115196, 0.21009, 0.004122},
       {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0},
       {{"accuracy", 0.95}, {"precision", 1.0}, {"recall", 0.5555555555555556}, {"f1", 0.7142857142857143}, {"roc_auc", 0.9389671361502347}, {"log_loss", 0.20042194047460224}, {"brier_score", 0.059507907997162504}, {"calibration_error", 0.09585011250000001}}},
      {"wide",
       {0.631013, 0.203168, 0.962051, 0.289138, 0.30602, 0.256312, 0.067476, 0.422923, 0.771836, 0.709567, 0.195572, 0.136932, 0.321428, 0.768255, 0.488078, 0.923184, 0.656384, 0.620907, 0.767691, 0.750258, 0.343838, 0.257008, 0.437621, 0.489247, 0.141723, 0.441332, 0.639823, 0.135715, 0.138038, 0.173721, 0.283331, 0.961709, 0.025791, 0.183739, 0.165048, 0.474348, 0.015073, 0.458173, 0.162922, 0.26964, 0.792441, 0.184067, 0.617129, 0.406312, 0.417596, 0.816845, 0.160915, 0.92381, 0.893491, 0.668322, 0.049447, 0.663309, 0.600348, 0.772206, 0.213832, 0.953356, 0.886197, 0.114357, 0.315202, 0.032444},
       {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0},
       {{"accuracy", 0.8}, {"precision", 0.7391304347826086}, {"recall", 0.7391304347826086}, {"f1", 0.7391304347826086}, {"roc_auc", 0.8613396004700352}, {"log_loss", 0.468289153331592}, {"brier_score", 0.14635570368661666}, {"calibration_error", 0.13807645}}},
  };
  // clang-format on
  return kCases;
}

std::vector<ScoredOutcome> RowsOf(const Judged& one) {
  std::vector<ScoredOutcome> rows;
  for (std::size_t i = 0; i < one.scores.size(); ++i) {
    rows.emplace_back(one.scores[i], one.came[i] == 1);
  }
  return rows;
}

TEST(Metrics, AreThoseOfScikitLearn) {
  for (const Judged& one : Cases()) {
    Values values = JudgeScores(RowsOf(one));
    ClassJudge classes("1");
    for (std::size_t i = 0; i < one.scores.size(); ++i) {
      classes.Add(one.scores[i] >= 0.5 ? "1" : "0", one.came[i] == 1 ? "1" : "0", 1);
    }
    classes.Extract(values);
    EXPECT_EQ(one.expected.size(), AllMetrics().size());
    for (const auto& [metric, expected] : one.expected) {
      ASSERT_TRUE(values.Of(metric)) << one.name << " " << metric;
      EXPECT_THAT(*values.Of(metric), DoubleNear(expected, 1e-12)) << one.name << " " << metric;
    }
  }
}

TEST(Metrics, DoNotDependOnHowEqualScoresComeTogether) {
  std::mt19937_64 random(3);
  std::vector<ScoredOutcome> rows;
  for (int i = 0; i < 5000; ++i) {
    const double score = static_cast<double>(random() % 97) / 96;
    rows.emplace_back(score, random() % 3 == 0);
  }
  const Values one_by_one = JudgeScores(rows);
  std::map<double, std::pair<std::uint64_t, std::uint64_t>> counts;
  for (const auto& [score, positive] : rows) {
    ++(positive ? counts[score].first : counts[score].second);
  }
  ScoreJudge judge;
  for (const auto& [score, count] : counts) judge.Add(score, count.first, count.second);
  Values grouped;
  judge.Extract(grouped);
  EXPECT_EQ(one_by_one.values, grouped.values);
  std::shuffle(rows.begin(), rows.end(), random);
  EXPECT_EQ(JudgeScores(rows).values, grouped.values);
}

// Every pair of a positive and a negative row, counted.
TEST(Metrics, RocAucIsTheShareOfPairsInOrder) {
  std::mt19937_64 random(4);
  std::vector<ScoredOutcome> rows;
  for (int i = 0; i < 300; ++i) {
    rows.emplace_back(static_cast<double>(random() % 20) / 19, random() % 2 == 0);
  }
  double ordered = 0;
  double pairs = 0;
  for (const auto& [score, positive] : rows) {
    for (const auto& [other, other_positive] : rows) {
      if (!positive || other_positive) continue;
      ++pairs;
      ordered += score > other ? 1 : score == other ? 0.5 : 0;
    }
  }
  EXPECT_THAT(*JudgeScores(rows).Of("roc_auc"), DoubleNear(ordered / pairs, 1e-15));
}

TEST(Metrics, OneClassHasNoRocAuc) {
  const Values values = JudgeScores({{0.5, true}, {0.75, true}});
  EXPECT_FALSE(values.Of("roc_auc"));
  EXPECT_EQ(values.undefined.at("roc_auc"), "all outcomes are of one class");
  EXPECT_TRUE(values.Of("log_loss"));
}

TEST(Metrics, NoRowsHaveNoValues) {
  Values values = JudgeScores({});
  ClassJudge("1").Extract(values);
  EXPECT_TRUE(values.values.empty());
  for (const MetricInfo& metric : AllMetrics()) {
    EXPECT_THAT(values.undefined.at(metric.name), HasSubstr("no row has")) << metric.name;
  }
}

TEST(Metrics, SayWhyPrecisionAndRecallAreUndefined) {
  ClassJudge classes("1");
  classes.Add("0", "0", 3);
  Values values;
  classes.Extract(values);
  EXPECT_EQ(*values.Of("accuracy"), 1);
  EXPECT_EQ(values.undefined.at("precision"), "no row was predicted positive");
  EXPECT_EQ(values.undefined.at("recall"), "no outcome was positive");
  EXPECT_EQ(values.undefined.at("f1"), "no prediction and no outcome was positive");
}

TEST(Metrics, CertainScoresAreClipped) {
  EXPECT_THAT(*JudgeScores({{0, true}, {1, false}}).Of("log_loss"),
              DoubleNear(34.538776394910684, 1e-9));
  EXPECT_EQ(*JudgeScores({{0, true}}).Of("brier_score"), 1);
}

TEST(Metrics, TheLastBinHasBothEnds) {
  ScoreJudge judge;
  judge.Add(0, 0, 1);
  judge.Add(0.1, 0, 1);
  judge.Add(0.3, 1, 1);
  judge.Add(0.95, 1, 0);
  judge.Add(1, 1, 0);
  const auto bins = judge.Bins();
  EXPECT_EQ(bins[0].rows, 1U);
  EXPECT_EQ(bins[1].rows, 1U);
  EXPECT_EQ(bins[2].rows, 0U);
  EXPECT_EQ(bins[3].rows, 2U);
  EXPECT_EQ(bins[3].positive_share, 0.5);
  EXPECT_EQ(bins[9].rows, 2U);
  EXPECT_EQ(bins[9].mean_score, 0.975);
}

TEST(Metrics, OfManyClassesHaveARowEach) {
  ClassJudge classes("");
  classes.Add("cat", "cat", 3);
  classes.Add("cat", "dog", 1);
  classes.Add("fox", "dog", 2);
  Values values;
  classes.Extract(values);
  EXPECT_EQ(*values.Of("accuracy"), 0.5);
  EXPECT_FALSE(values.Of("precision"));
  const auto rows = classes.Classes();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].name, "cat");
  EXPECT_EQ(*rows[0].precision, 0.75);
  EXPECT_EQ(*rows[0].recall, 1);
  EXPECT_EQ(rows[1].name, "dog");
  EXPECT_FALSE(rows[1].precision);
  EXPECT_EQ(*rows[1].recall, 0);
  EXPECT_FALSE(rows[2].recall);
}

TEST(Metrics, KnowTheirDirection) {
  EXPECT_STREQ(ChangeText(*FindMetric("log_loss"), 0.5, 0.4), "better");
  EXPECT_STREQ(ChangeText(*FindMetric("log_loss"), 0.4, 0.5), "worse");
  EXPECT_STREQ(ChangeText(*FindMetric("accuracy"), 0.4, 0.5), "better");
  EXPECT_STREQ(ChangeText(*FindMetric("brier_score"), 0.4, 0.4), "same");
  EXPECT_EQ(FindMetric("guess"), nullptr);
}

}  // namespace
}  // namespace assay::feedback
