#include "base/exact_sum.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace assay {
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

TEST(ExactSum, AddsANumberManyTimes) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    ExactSum once, many;
    for (int i = 0; i < 5; ++i) {
      const int exponent = static_cast<int>(random() % 1200) - 600;
      const double value = std::ldexp(static_cast<double>(random() % 2000) - 1000, exponent);
      const std::uint64_t times = 1 + random() % 300;
      for (std::uint64_t time = 0; time < times; ++time) once.Add(value);
      many.Add(value, times);
    }
    EXPECT_EQ(many.Extract(), once.Extract());
  }
  const double most = std::numeric_limits<double>::max();
  const std::uint64_t often = std::uint64_t{1} << 63;
  ExactSum sum;
  for (int i = 0; i < 3; ++i) sum.Add(most, often);
  sum.Add(-most, often);
  EXPECT_EQ(sum.Divided(often, 0), std::numeric_limits<double>::infinity());
  sum.Add(-most, often);
  EXPECT_EQ(sum.Divided(often, 0), most);
  sum.Add(0.1, often);
  sum.Add(-most, often);
  EXPECT_EQ(sum.Divided(often, 0), 0.1);
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

Int128 WholeNumber(const std::string& text) {
  Int128 size = 0;
  for (const char c : text) size = c == '-' ? size : size * 10 + (c - '0');
  return text[0] == '-' ? -size : size;
}

// The expected means were computed with Python: float(Fraction(sum, count * 10**scale)).
TEST(ExactSum, MeansOfWideDecimalsAreThoseOfFractions) {
  struct Case {
    std::vector<std::pair<std::string, std::uint64_t>> values;  // unscaled, times
    int scale;
    double mean;
  };
  const std::vector<Case> cases = {
      {{{"99876700866885071066342448214320040055", 2U},
        {"-67971448", 3U},
        {"-85748861", 7U},
        {"-87867987559174799819706426794876600649", 2U}},
       38,
       0.01715530472530039},
      {{{"49904971507318601647954116800865770689", 1099511627776U}}, 1, 4.9904971507318604e+36},
      {{{"-71079822", 4611686018427387904U},
        {"87586689501230434903158360256651046685", 4611686018427387904U},
        {"-218487441647244163471124007893626", 1U}},
       2,
       4.379334475061522e+35},
      {{{"-75146339302054764231020825039935477218", 4611686018427387904U}},
       0,
       -7.514633930205477e+37},
      {{{"-55434211", 4611686018427387904U}, {"43175717229940317261232048283037044408", 1U}},
       1,
       9.36224128380879e+17},
      {{{"-35414179853338394741956035895419855690", 4611686018427387904U}, {"-33103961", 7U}},
       2,
       -3.5414179853338396e+35},
      {{{"-12553762", 1099511627776U}, {"-40303110746994210322350710758533094196", 2U}},
       10,
       -7331093137858424.0},
      {{{"99999999999999999999999999999999999999", 2305843009213693952U},
        {"-99999999999999999999999999999999999999", 2305843009213693952U},
        {"1", 3U}},
       38,
       6.505213034913026e-57},
      {{{"9007199254740993", 2U}, {"0", 1U}}, 0, 6004799503160662.0},
      {{{"9007199254740993", 1U}}, 0, 9007199254740992.0},
  };
  for (const Case& each : cases) {
    ExactSum sum;
    std::uint64_t count = 0;
    for (const auto& [value, times] : each.values) {
      sum.Add(WholeNumber(value), times);
      count += times;
    }
    EXPECT_EQ(sum.Divided(count, each.scale), each.mean) << each.values[0].first;
  }
}

// The same with sum(Fraction(value)) / count; the second sum leaves the doubles, its mean does not.
TEST(ExactSum, MeansOfDoublesAreRoundedOnce) {
  const auto mean = [](const std::vector<double>& values) {
    ExactSum sum;
    for (const double value : values) sum.Add(value);
    return sum.Divided(values.size(), 0);
  };
  EXPECT_EQ(mean({-0.9810484309354508, -0.4809622105182265, -0.9461923595763868}),
            -0.802734333676688);
  const double most = std::numeric_limits<double>::max();
  EXPECT_EQ(mean({most, most}), most);
  const double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(mean({tiny, tiny, tiny, 0.0}), tiny);
  EXPECT_EQ(mean({tiny, 0.0}), 0.0) << "half of the least number is even at 0";
  EXPECT_EQ(mean({tiny, 0.0, 0.0}), 0.0);
}

}  // namespace
}  // namespace assay
