/// Tests of counts by category: chi-square, and the z-test of two shares.
#pragma once

#include <vector>

#include "stats/value_count.h"

namespace assay::stats {

struct CountTest {
  double statistic = 0;
  double p = 1;
};

/// Pearson's chi-square of the current counts against the reference's, scaled to as many rows;
/// degrees of freedom are the categories less one. A category that the reference has not makes the
/// statistic infinite and p 0. Both sides have rows. p is the regularised upper incomplete gamma
/// function (K. Pearson, 1900).
CountTest TestChiSquare(const std::vector<CountPair>& counts);

/// The same for expected numbers that need not be whole; categories with neither are left out.
CountTest TestChiSquare(const std::vector<double>& observed, const std::vector<double>& expected);

/// Two-sided z-test of the share of one category in two samples, with the pooled share: at most two
/// categories, both sides have rows. z is 0 when there is one category.
CountTest TestShares(const std::vector<CountPair>& counts);

}  // namespace assay::stats
