#include "stats/bins.h"

#include <algorithm>
#include <cmath>

namespace assay::stats {
namespace {

template <typename BinOf>
std::vector<CountPair> Count(const ValueCounts& reference, const ValueCounts& current,
                             std::size_t bins, BinOf bin_of) {
  std::vector<CountPair> counts(bins);
  for (const ValueCount& one : reference) {
    if (const std::size_t bin = bin_of(one.value); bin < bins) counts[bin].reference += one.rows;
  }
  for (const ValueCount& one : current) {
    if (const std::size_t bin = bin_of(one.value); bin < bins) counts[bin].current += one.rows;
  }
  return counts;
}

}  // namespace

std::vector<double> SturgesEdges(double least, double greatest, std::uint64_t rows,
                                 bool whole_numbers) {
  double width = (greatest - least) / (std::log2(static_cast<double>(rows)) + 1);
  if (whole_numbers && width < 1) width = 1;
  if (least == greatest || !std::isfinite(width)) {
    return {least - 0.5, greatest + 0.5};
  }
  const auto bins = static_cast<int>(std::ceil((greatest - least) / width));
  const double step = (greatest - least) / bins;
  std::vector<double> edges;
  edges.reserve(static_cast<std::size_t>(bins) + 1);
  for (int i = 0; i < bins; ++i) edges.push_back(least + i * step);
  edges.push_back(greatest);
  return edges;
}

std::vector<CountPair> CountInBins(const ValueCounts& reference, const ValueCounts& current,
                                   const std::vector<double>& edges) {
  const std::size_t bins = edges.size() - 1;
  return Count(reference, current, bins, [&](double value) -> std::size_t {
    if (value == edges.back()) return bins - 1;
    const auto above = std::upper_bound(edges.begin(), edges.end(), value);
    if (above == edges.begin() || above == edges.end()) return bins;
    return static_cast<std::size_t>(above - edges.begin()) - 1;
  });
}

std::vector<double> QuantileEdges(const ValueCounts& values, int bins) {
  const std::uint64_t rows = TotalRows(values);
  std::vector<double> edges;
  std::uint64_t up_to = 0;
  int next = 1;
  for (const ValueCount& one : values) {
    up_to += one.rows;
    bool is_edge = false;
    // The quantile k / bins is the first value with up_to >= ceil(k * rows / bins).
    while (next < bins &&
           up_to * static_cast<std::uint64_t>(bins) >= static_cast<std::uint64_t>(next) * rows) {
      is_edge = true;
      ++next;
    }
    if (is_edge) edges.push_back(one.value);
  }
  return edges;
}

std::vector<CountPair> CountBetween(const ValueCounts& reference, const ValueCounts& current,
                                    const std::vector<double>& edges) {
  return Count(reference, current, edges.size() + 1, [&](double value) {
    return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) -
                                    edges.begin());
  });
}

}  // namespace assay::stats
