#include "stats/wasserstein.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/exact_sum.h"

namespace assay::stats {
namespace {

// Both ascending.
double AreaBetween(const std::vector<WeightedValue>& a, const std::vector<WeightedValue>& b) {
  double total_a = 0, total_b = 0;
  for (const WeightedValue& one : a) total_a += one.weight;
  for (const WeightedValue& one : b) total_b += one.weight;
  double area = 0, up_to_a = 0, up_to_b = 0, last = 0;
  std::size_t i = 0, j = 0;
  bool first = true;
  while (i < a.size() || j < b.size()) {
    const bool from_a = j == b.size() || (i < a.size() && a[i].value <= b[j].value);
    const double value = from_a ? a[i].value : b[j].value;
    if (!first && value != last) {
      const double height = std::fabs(up_to_a / total_a - up_to_b / total_b);
      if (height > 0) area += height * (value - last);
    }
    first = false;
    last = value;
    if (from_a) {
      up_to_a += a[i++].weight;
    } else {
      up_to_b += b[j++].weight;
    }
  }
  return area;
}

std::vector<WeightedValue> Weighted(const ValueCounts& values) {
  std::vector<WeightedValue> weighted;
  weighted.reserve(values.size());
  for (const ValueCount& one : values) {
    weighted.push_back({one.value, static_cast<double>(one.rows)});
  }
  return weighted;
}

void Order(std::vector<WeightedValue>& values) {
  std::erase_if(values, [](const WeightedValue& one) { return one.weight == 0; });
  std::sort(values.begin(), values.end(),
            [](const WeightedValue& x, const WeightedValue& y) { return x.value < y.value; });
}

}  // namespace

double Wasserstein(const ValueCounts& reference, const ValueCounts& current) {
  return AreaBetween(Weighted(reference), Weighted(current));
}

double WeightedWasserstein(std::vector<WeightedValue> reference,
                           std::vector<WeightedValue> current) {
  Order(reference);
  Order(current);
  return AreaBetween(reference, current);
}

double StandardDeviation(const ValueCounts& values) {
  const std::uint64_t rows = TotalRows(values);
  if (rows == 0) return 0;
  ExactSum sum;
  for (const ValueCount& one : values) {
    const auto times = static_cast<double>(one.rows);
    const double product = one.value * times;
    sum.Add(product);
    sum.Add(std::fma(one.value, times, -product));
  }
  const double mean = sum.Divided(rows, 0);
  ExactSum squares;
  for (const ValueCount& one : values) {
    const double difference = one.value - mean;
    squares.Add(difference * difference * static_cast<double>(one.rows));
  }
  return std::sqrt(squares.Divided(rows, 0));
}

}  // namespace assay::stats
