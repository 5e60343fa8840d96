#include "stats/divergence.h"

#include <algorithm>
#include <cmath>

namespace assay::stats {
namespace {

struct Shares {
  std::vector<double> reference, current;
};

// In one order whatever the order of the categories: a sum of floats depends on it.
Shares SharesOf(std::vector<CountPair> counts) {
  std::sort(counts.begin(), counts.end(), [](const CountPair& a, const CountPair& b) {
    return a.reference != b.reference ? a.reference < b.reference : a.current < b.current;
  });
  const CountPair total = TotalRows(counts);
  Shares shares;
  for (const CountPair& pair : counts) {
    shares.reference.push_back(static_cast<double>(pair.reference) /
                               static_cast<double>(total.reference));
    shares.current.push_back(static_cast<double>(pair.current) /
                             static_cast<double>(total.current));
  }
  return shares;
}

void FillEmpty(std::vector<double>& shares) {
  constexpr double kLeast = 0.0001;
  double least = 1;
  for (const double share : shares) {
    if (share > 0) least = std::min(least, share);
  }
  const double fill = least <= kLeast ? least / 1e6 : kLeast;
  for (double& share : shares) {
    if (share == 0) share = fill;
  }
}

}  // namespace

CountPair TotalRows(const std::vector<CountPair>& counts) {
  CountPair total;
  for (const CountPair& pair : counts) {
    total.reference += pair.reference;
    total.current += pair.current;
  }
  return total;
}

double JensenShannon(const std::vector<CountPair>& counts) {
  const Shares shares = SharesOf(counts);
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double p = shares.reference[i], q = shares.current[i];
    // p ln(2 p / (p + q)) + q ln(2 q / (p + q)), each term at least 0 in sum: log1p keeps what is
    // left when p and q are nearly equal.
    const double difference = (p - q) / (p + q);
    if (p > 0 && q > 0) {
      sum += p * std::log1p(difference) + q * std::log1p(-difference);
    } else if (p > 0 || q > 0) {
      sum += (p + q) * std::log(2.0);
    }
  }
  return std::sqrt(std::max(sum, 0.0) / 2);
}

double PopulationStability(const std::vector<CountPair>& counts) {
  Shares shares = SharesOf(counts);
  FillEmpty(shares.reference);
  FillEmpty(shares.current);
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double r = shares.reference[i], c = shares.current[i];
    sum += (r - c) * std::log(r / c);
  }
  return sum;
}

}  // namespace assay::stats
