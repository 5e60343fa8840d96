/// Bins for numbers, so that distances of counts can be used for them.
#pragma once

#include <vector>

#include "stats/value_count.h"

namespace assay::stats {

/// Equal-width bins over both sides, as many as H. A. Sturges advises (The choice of a class
/// interval, 1926): 1 + log2 of all rows, rounded up; the edges, one more than bins. With
/// `whole_numbers` no bin is narrower than 1. All equal values get one bin around them.
std::vector<double> SturgesEdges(double least, double greatest, std::uint64_t rows,
                                 bool whole_numbers);

/// Rows in bins [edge, next edge), the last one with its upper edge; values outside are in none.
/// Ascending edges, at least two.
std::vector<CountPair> CountInBins(const ValueCounts& reference, const ValueCounts& current,
                                   const std::vector<double>& edges);

/// Inner edges of bins of about equally many rows: quantiles 1/bins, 2/bins, ... of a sample
/// (observed values, Hyndman and Fan 1996, definition 1), each once. None for an empty sample.
std::vector<double> QuantileEdges(const ValueCounts& values, int bins);

/// Rows in bins (edge, next edge], open to both ends: one more bin than edges.
std::vector<CountPair> CountBetween(const ValueCounts& reference, const ValueCounts& current,
                                    const std::vector<double>& edges);

}  // namespace assay::stats
