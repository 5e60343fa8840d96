#include "stats/bins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stats/sample_values.h"

namespace assay::stats {
namespace {

using testing::ElementsAre;

TEST(Bins, SturgesEdgesEqualNumpy) {
  // numpy 2.4.6: histogram_bin_edges(bins="sturges") of 300 values from -1.5 to 7.25.
  EXPECT_THAT(SturgesEdges(-1.5, 7.25, 300, false),
              ElementsAre(-1.5, -0.625, 0.25, 1.125, 2.0, 2.875, 3.75, 4.625, 5.5, 6.375, 7.25));
  // Whole numbers from 0 to 3: no bin is narrower than 1.
  EXPECT_THAT(SturgesEdges(0, 3, 300, true), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(SturgesEdges(5, 5, 300, false), ElementsAre(4.5, 5.5));
}

TEST(Bins, LastBinHoldsItsUpperEdge) {
  const ValueCounts values = {{-1, 9}, {0, 1}, {1, 2}, {2, 3}, {3, 9}};
  EXPECT_THAT(CountInBins(values, {{1.5, 4}}, {0, 1, 2}),
              ElementsAre(CountPair{1, 0}, CountPair{5, 4}));
}

TEST(Bins, QuantilesAreObservedValues) {
  EXPECT_THAT(QuantileEdges({{1, 1}, {2, 1}, {3, 1}, {4, 1}}, 4), ElementsAre(1, 2, 3));
  EXPECT_THAT(QuantileEdges({{1, 90}, {2, 5}, {3, 5}}, 10), ElementsAre(1));
  EXPECT_THAT(QuantileEdges({}, 10), ElementsAre());
}

TEST(Bins, QuantileBinsOfTheReferenceHoldEquallyManyRows) {
  ValueCounts values;
  for (int i = 0; i < 1000; ++i) values.push_back({i * 0.25, 1});
  const std::vector<double> edges = QuantileEdges(values, 10);
  ASSERT_EQ(edges.size(), 9U);
  for (const CountPair& bin : CountBetween(values, {{-7, 1}}, edges)) {
    EXPECT_EQ(bin.reference, 100U);
  }
  EXPECT_EQ(CountBetween(values, {{-7, 1}}, edges)[0].current, 1U);
  EXPECT_EQ(CountBetween(values, {{1e9, 1}}, edges)[9].current, 1U);
}

TEST(ValueCount, PairsHaveEachValueOnce) {
  EXPECT_THAT(Paired({{1, 2}, {3, 4}}, {{2, 5}, {3, 6}, {9, 7}}),
              ElementsAre(CountPair{2, 0}, CountPair{0, 5}, CountPair{4, 6}, CountPair{0, 7}));
  EXPECT_THAT(Sorted({{3, 1}, {1, 2}, {3, 4}, {2, 0}}),
              ElementsAre(ValueCount{1, 2}, ValueCount{3, 5}));
}

}  // namespace
}  // namespace assay::stats
