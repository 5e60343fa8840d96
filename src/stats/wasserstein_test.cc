#include "stats/wasserstein.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/sample_values.h"

namespace assay::stats {
namespace {

struct WassersteinSamples {
  int reference, current, shift;
  double distance;
};

// scipy 1.17.1: stats.wasserstein_distance of SampleValues(reference, 7, 101, 0) and
// SampleValues(current, 11, 97, shift).
constexpr WassersteinSamples kWassersteinSamples[] = {
    {1, 1, 3, 3.0},
    {5, 5, 2, 8.200000000000001},
    {7, 13, 4, 10.604395604395602},
    {100, 100, 20, 11.870000000000001},
    {100, 110, 25, 17.341818181818184},
    {997, 1000, 5, 4.342578736208625},
    {1000, 400, 9, 4.294500000000001},
    {3000, 2000, 3, 5.073499999999999},
    {10000, 10000, 1, 6.2667},
    {9000, 10000, 2, 5.530744444444444},
    {10001, 50, 12, 7.467013298670133},
    {20000, 15000, 1, 6.268366666666667},
    {200000, 300, 6, 4.188886666666667},
};

TEST(Wasserstein, EqualsScipy) {
  for (const WassersteinSamples& samples : kWassersteinSamples) {
    EXPECT_NEAR(Wasserstein(SampleValues(samples.reference, 7, 101, 0),
                            SampleValues(samples.current, 11, 97, samples.shift)) /
                    samples.distance,
                1, 1e-12);
  }
}

TEST(Wasserstein, WeightsCountLikeRows) {
  EXPECT_DOUBLE_EQ(WeightedWasserstein({{0, 2}, {3, 1}}, {{5, 3}}),
                   WeightedWasserstein({{3, 1}, {0, 1}, {0, 1}}, {{5, 1}}));
  EXPECT_DOUBLE_EQ(WeightedWasserstein({{1, 1}, {2, 1}, {100000, 0}}, {{1, 2}}), 0.5);
}

TEST(Wasserstein, ShiftIsItsOwnDistance) {
  const ValueCounts values = SampleValues(200, 5, 83, 0);
  EXPECT_NEAR(Wasserstein(values, SampleValues(200, 5, 83, 7)), 7, 1e-12);
  EXPECT_EQ(Wasserstein(values, values), 0);
}

TEST(StandardDeviation, KeepsWhatASumOfSquaresLoses) {
  EXPECT_DOUBLE_EQ(StandardDeviation({{1e9, 1}, {1e9 + 2, 1}}), 1);
  EXPECT_EQ(StandardDeviation({{7, 3}}), 0);
  EXPECT_EQ(StandardDeviation({}), 0);
  EXPECT_DOUBLE_EQ(StandardDeviation({{0, 3}, {4, 1}}), std::sqrt(3.0));
}

}  // namespace
}  // namespace assay::stats
