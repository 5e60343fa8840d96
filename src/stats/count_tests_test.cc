#include "stats/count_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "stats/divergence.h"

namespace assay::stats {
namespace {

struct Counts {
  std::vector<CountPair> counts;
  double chi_square, chi_square_p, jensen_shannon, stability, z, z_p;
};

// scipy 1.17.1 and numpy 2.4.6: stats.chisquare of the current counts and the reference's scaled to
// as many rows, spatial.distance.jensenshannon, PSI by its formula, z with 2 * stats.norm.sf(|z|).
const std::vector<Counts>& Tables() {
  static const std::vector<Counts> kTables = {
      {{{10, 12}, {20, 18}, {30, 33}},
       0.7142857142857142,
       0.6996725373751304,
       0.03810795162787359,
       0.011627446855093626,
       0,
       0},
      {{{500, 450}, {300, 350}, {200, 190}, {1, 4}},
       22.944835680751165,
       4.146641462928887e-05,
       0.04653527211144133,
       0.017646208166592976,
       0,
       0},
      {{{7, 2}, {0, 0}, {3, 5}},
       5.72108843537415,
       0.016762336177186466,
       0.2974528381987371,
       0.7306295596511343,
       0,
       0},
      {{{1000000, 999000}, {5, 30}},
       125.17142127864028,
       4.668268281158846e-29,
       0.002227326893683106,
       4.4871264026299783e-05,
       4.2286942768492235,
       2.350514940598535e-05},
      {{{3, 300}, {3, 301}},
       0.0016638935108153079,
       0.9674626332758021,
       0.000588275429848725,
       2.768544170278419e-06,
       0.004055502122293612,
       0.9967641863402782},
      {{{40, 55}, {60, 45}},
       9.375,
       0.00219964706111306,
       0.10640215619834743,
       0.0909203705355473,
       -2.1239769762143665,
       0.03367206885634577},
      {{{12, 1}, {5, 1}, {0, 1}}, HUGE_VAL, 0.0, 0.3876611696218744, 2.9875321604415364, 0, 0},
  };
  return kTables;
}

void ExpectClose(double ours, double theirs) {
  if (theirs == 0 || std::isinf(theirs)) {
    EXPECT_EQ(ours, theirs);
  } else {
    EXPECT_NEAR(ours / theirs, 1, 1e-9);
  }
}

TEST(CountTests, EqualScipy) {
  for (const Counts& table : Tables()) {
    ExpectClose(TestChiSquare(table.counts).statistic, table.chi_square);
    ExpectClose(TestChiSquare(table.counts).p, table.chi_square_p);
    if (table.counts.size() != 2) continue;
    ExpectClose(TestShares(table.counts).statistic, table.z);
    ExpectClose(TestShares(table.counts).p, table.z_p);
  }
}

TEST(Divergence, EqualsScipy) {
  for (const Counts& table : Tables()) {
    ExpectClose(JensenShannon(table.counts), table.jensen_shannon);
    ExpectClose(PopulationStability(table.counts), table.stability);
  }
}

TEST(Divergence, OrderOfCategoriesDoesNotMatter) {
  std::vector<CountPair> counts;
  for (std::uint64_t i = 1; i < 60; ++i) counts.push_back({i * i % 37, i * 7 % 41});
  const double distance = JensenShannon(counts), stability = PopulationStability(counts);
  for (int turn = 0; turn < 5; ++turn) {
    std::rotate(counts.begin(), counts.begin() + 13, counts.end());
    EXPECT_EQ(JensenShannon(counts), distance);
    EXPECT_EQ(PopulationStability(counts), stability);
  }
}

TEST(Divergence, NothingInCommonIsTheGreatestDistance) {
  EXPECT_DOUBLE_EQ(JensenShannon({{5, 0}, {0, 9}}), std::sqrt(std::log(2.0)));
  EXPECT_EQ(JensenShannon({{5, 50}, {7, 70}}), 0);
}

TEST(CountTests, OneCategoryIsNoDifference) {
  EXPECT_EQ(TestChiSquare({{5, 9}}).p, 1);
  EXPECT_EQ(TestShares({{5, 9}}).p, 1);
  EXPECT_EQ(TestShares({{0, 0}, {5, 9}}).p, 1);
}

}  // namespace
}  // namespace assay::stats
