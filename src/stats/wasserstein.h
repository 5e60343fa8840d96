/// The first Wasserstein distance of two samples.
#pragma once

#include <vector>

#include "stats/value_count.h"

namespace assay::stats {

/// A value with a weight that need not be whole.
struct WeightedValue {
  double value = 0, weight = 0;
};

/// The area between the two distribution functions: how far the mass of one has to be moved, on the
/// average, to make the other (L. N. Vaserstein, 1969; S. S. Vallender, 1973, for one dimension).
/// In the unit of the values. Neither side is empty.
double Wasserstein(const ValueCounts& reference, const ValueCounts& current);

/// The same with weights, values in any order. Each side's weights have a positive sum. Infinite
/// when a value with weight is.
double WeightedWasserstein(std::vector<WeightedValue> reference,
                           std::vector<WeightedValue> current);

/// Standard deviation of all rows (divided by their number), 0 for none.
double StandardDeviation(const ValueCounts& values);

}  // namespace assay::stats
