#include "stats/count_tests.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "stats/divergence.h"

namespace assay::stats {
namespace {

// A result instead of an exception, whatever is asked.
using Quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

}  // namespace

CountTest TestChiSquare(const std::vector<double>& observed, const std::vector<double>& expected) {
  CountTest test;
  std::size_t categories = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (observed[i] == 0 && expected[i] == 0) continue;
    ++categories;
    if (expected[i] == 0) {
      test.statistic = std::numeric_limits<double>::infinity();
      continue;
    }
    const double difference = observed[i] - expected[i];
    test.statistic += difference * difference / expected[i];
  }
  if (std::isinf(test.statistic)) {
    test.p = 0;
  } else if (categories > 1) {
    test.p =
        boost::math::gamma_q(static_cast<double>(categories - 1) / 2, test.statistic / 2, Quiet());
  }
  return test;
}

CountTest TestChiSquare(const std::vector<CountPair>& counts) {
  const auto [reference_rows, current_rows] = TotalRows(counts);
  const double scale = static_cast<double>(current_rows) / static_cast<double>(reference_rows);
  std::vector<double> observed, expected;
  for (const CountPair& pair : counts) {
    observed.push_back(static_cast<double>(pair.current));
    expected.push_back(static_cast<double>(pair.reference) * scale);
  }
  return TestChiSquare(observed, expected);
}

CountTest TestShares(const std::vector<CountPair>& counts) {
  const auto [reference_rows, current_rows] = TotalRows(counts);
  const auto n = static_cast<double>(reference_rows), m = static_cast<double>(current_rows);
  const auto first = static_cast<double>(counts.at(0).reference);
  const auto second = static_cast<double>(counts.at(0).current);
  const double pooled = (first + second) / (n + m);
  CountTest test;
  if (pooled == 0 || pooled == 1) return test;
  test.statistic = (first / n - second / m) / std::sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  test.p = std::erfc(std::fabs(test.statistic) / std::numbers::sqrt2);
  return test;
}

}  // namespace assay::stats
