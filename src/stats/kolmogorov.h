/// The Kolmogorov-Smirnov test of two samples.
#pragma once

#include <cstdint>

#include "stats/value_count.h"

namespace assay::stats {

struct KolmogorovTest {
  double statistic = 0;  ///< D: greatest distance of the two distribution functions, 0 to 1
  double p = 1;          ///< probability of a D at least as great when both have one distribution
};

/// Two-sided test of two samples, neither empty. D is exact. p is exact up to 10,000 rows a side
/// (time grows with the product of the rows where they differ in number): the share of lattice
/// paths from (0, 0) to (n, m) that leave the band of half-width D (J. L. Hodges, The significance
/// probability of the Smirnov two-sample test, 1958, section 3; for n = m the closed form of
/// Gnedenko and Korolyuk, 1951). Beyond, `KolmogorovTail` of D for n * m / (n + m) rows.
KolmogorovTest TestKolmogorov(const ValueCounts& reference, const ValueCounts& current);

/// The same p for a D that is known, as from a profile. `rows` of both sides, neither 0.
double KolmogorovP(double statistic, std::uint64_t reference_rows, std::uint64_t current_rows);

/// Probability that the one-sample statistic D of `rows` rows is at least `statistic`. Chooses by
/// region as R. Simard and P. L'Ecuyer do (Computing the two-sided Kolmogorov-Smirnov distribution,
/// 2011): Ruben and Gambino at the borders, the matrix of Marsaglia, Tsang and Wang (2003), the
/// series of Pelz and Good (1976), and twice the one-sided tail (Miller 1956). Relative error below
/// 1e-9 where the tail is above 1e-300.
double KolmogorovTail(std::uint64_t rows, double statistic);

}  // namespace assay::stats
