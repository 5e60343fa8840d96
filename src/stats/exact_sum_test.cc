#include "stats/exact_sum.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace assay::stats {
namespace {

double SumOf(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.Add(value);
  return sum.Extract();
}

TEST(ExactSum, KeepsWhatPlainAdditionLoses) {
  EXPECT_EQ(SumOf({1e308, 1.0, -1e308}), 1.0);
  EXPECT_EQ(SumOf({1e16, 1.0, 1.0, -1e16}), 2.0);
  EXPECT_EQ(SumOf({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}), 1.0);
}

TEST(ExactSum, RoundsOnceTiesToEven) {
  const double half_ulp = std::ldexp(1.0, -53);
  EXPECT_EQ(SumOf({1.0, half_ulp}), 1.0);
  EXPECT_EQ(SumOf({1.0, half_ulp, std::ldexp(1.0, -200)}), std::nextafter(1.0, 2.0));
  EXPECT_EQ(SumOf({std::nextafter(1.0, 2.0), half_ulp}), 1.0 + 4 * half_ulp);
}

TEST(ExactSum, ReachesSubnormalsAndOverflow) {
  const double tiny = std::numeric_limits<double>::denorm_min();
  const double most = std::numeric_limits<double>::max();
  EXPECT_EQ(SumOf({tiny, tiny, tiny}), 3 * tiny);
  EXPECT_EQ(SumOf({std::numeric_limits<double>::min(), -tiny}),
            std::numeric_limits<double>::min() - tiny);
  EXPECT_EQ(SumOf({most}), most);
  EXPECT_TRUE(std::isinf(SumOf({most, most})));
  EXPECT_EQ(SumOf({most, most, -most}), most);
  EXPECT_TRUE(std::isnan(SumOf({HUGE_VAL, -HUGE_VAL})));
  EXPECT_EQ(SumOf({}), 0.0);
}

// __float128 holds sums of these narrow numbers exactly: an outside judge.
TEST(ExactSum, EqualsQuadPrecisionInAnyOrderAndMerged) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values;
    __extension__ __float128 exact = 0;
    for (int i = 0; i < 500; ++i) {
      const auto mantissa = static_cast<double>(static_cast<std::int64_t>(random() >> 11));
      values.push_back(std::ldexp((random() & 1) != 0 ? mantissa : -mantissa,
                                  static_cast<int>(random() % 40) - 20));
      exact += values.back();
    }
    ExactSum left;
    ExactSum right;
    for (std::size_t i = 0; i < values.size(); ++i) (i % 3 == 0 ? left : right).Add(values[i]);
    left.Merge(right);
    EXPECT_EQ(left.Extract(), static_cast<double>(exact));
    EXPECT_EQ(SumOf({values.rbegin(), values.rend()}), static_cast<double>(exact));
  }
}

}  // namespace
}  // namespace assay::stats
