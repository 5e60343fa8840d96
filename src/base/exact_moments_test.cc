#include "base/exact_moments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace assay {
namespace {

ExactMoments Of(const std::vector<double>& values) {
  ExactMoments moments;
  for (const double value : values) moments.Add(value);
  return moments;
}

TEST(ExactMoments, OfAFewNumbers) {
  const ExactMoments moments = Of({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(moments.count(), 8U);
  EXPECT_EQ(moments.Mean(), 5);
  EXPECT_EQ(moments.Deviation(), 2);
  EXPECT_EQ(moments.low(), 2);
  EXPECT_EQ(moments.high(), 9);
}

TEST(ExactMoments, OfOneNumberHaveNoDeviation) {
  EXPECT_EQ(Of({0.1}).Deviation(), 0);
  EXPECT_EQ(Of({0.1, 0.1, 0.1}).Deviation(), 0);
  EXPECT_EQ(Of({0.1, 0.1, 0.1}).Mean(), 0.1);
}

// The deviation of 0, 1, ..., 6 is 2, wherever they stand.
TEST(ExactMoments, AFarOffsetTakesNoDigits) {
  for (const double offset : {0.0, 1e6, 1e12, 1e15, -4e15}) {
    std::vector<double> values;
    for (int i = 0; i < 7000; ++i) values.push_back(offset + i % 7);
    EXPECT_EQ(Of(values).Deviation(), 2) << offset;
  }
}

TEST(ExactMoments, NeitherOrderNorPartsMatter) {
  std::mt19937_64 random(7);
  std::vector<double> values;
  for (int i = 0; i < 5000; ++i) {
    values.push_back(
        std::ldexp(static_cast<double>(random()) - 0x1p63, static_cast<int>(random() % 80) - 100));
  }
  const ExactMoments all = Of(values);
  std::shuffle(values.begin(), values.end(), random);
  ExactMoments merged;
  for (std::size_t at = 0; at < values.size(); at += 777) {
    const std::size_t end = std::min(values.size(), at + 777);
    merged.Merge(Of({values.begin() + static_cast<std::ptrdiff_t>(at),
                     values.begin() + static_cast<std::ptrdiff_t>(end)}));
  }
  EXPECT_EQ(all.count(), merged.count());
  EXPECT_EQ(all.Mean(), merged.Mean());
  EXPECT_EQ(all.Deviation(), merged.Deviation());
  EXPECT_EQ(all.low(), merged.low());
  EXPECT_EQ(all.high(), merged.high());
}

TEST(ExactMoments, WhatIsNotFiniteIsSeen) {
  EXPECT_TRUE(std::isnan(Of({1, NAN}).Mean()));
  EXPECT_TRUE(std::isnan(Of({1, NAN}).Deviation()));
  EXPECT_TRUE(std::isnan(Of({1, INFINITY}).Deviation()));
  EXPECT_EQ(Of({NAN, 1, 3}).low(), 1);
  EXPECT_EQ(Of({NAN, 1, 3}).high(), 3);
  EXPECT_EQ(Of({1, INFINITY}).high(), INFINITY);
}

}  // namespace
}  // namespace assay
