#include "monitor/column_pair.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "stats/bins.h"
#include "stats/count_tests.h"
#include "stats/divergence.h"
#include "stats/kolmogorov.h"
#include "stats/wasserstein.h"

namespace assay::monitor {
namespace {

using stats::CountPair;
using stats::Sketch;
using stats::ValueCounts;

constexpr std::size_t kShownBins = 20;
// Numbers of more reference values than this are put into bins.
constexpr std::size_t kMostNumbersAsCategories = 20;
constexpr int kStabilityBins = 10;
// Below it a deviation counts as this much.
constexpr double kLeastDeviation = 0.001;

bool HasNumbers(const ColumnPair& pair) { return pair.reference_numbers.is_known(); }

bool HasAllValues(const ColumnPair& pair) {
  return pair.reference_numbers.values && pair.current_numbers.values;
}

std::uint64_t RowsOf(double rows) { return static_cast<std::uint64_t>(std::llround(rows)); }

// One side as the other functions ask it, whichever form it has.
double Below(const NumberSide& side, double value) {
  if (side.sketch) return side.sketch->Below(value);
  double rows = 0;
  for (const stats::ValueCount& one : *side.values) {
    if (one.value >= value) break;
    rows += static_cast<double>(one.rows);
  }
  return rows;
}

double UpTo(const NumberSide& side, double value) {
  if (side.sketch) return side.sketch->UpTo(value);
  return Below(side, std::nextafter(value, HUGE_VAL));
}

// Of values, a sketch that is exact: steps.
double Quantile(const NumberSide& side, double share) {
  if (side.sketch) return side.sketch->Quantile(share);
  const double wanted = share * static_cast<double>(stats::TotalRows(*side.values));
  double rows = 0;
  for (const stats::ValueCount& one : *side.values) {
    rows += static_cast<double>(one.rows);
    if (rows >= wanted) return one.value;
  }
  return side.values->back().value;
}

double Least(const NumberSide& side) {
  return side.sketch ? side.sketch->least() : side.values->front().value;
}
double Greatest(const NumberSide& side) {
  return side.sketch ? side.sketch->greatest() : side.values->back().value;
}

// Rows in bins [edge, next), the last with its upper edge.
std::vector<CountPair> SketchedBins(const ColumnPair& pair, const std::vector<double>& edges) {
  std::vector<CountPair> bins;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const bool is_last = i + 2 == edges.size();
    const auto rows = [&](const NumberSide& side) {
      const double top = is_last ? UpTo(side, edges[i + 1]) : Below(side, edges[i + 1]);
      return RowsOf(std::max(top - Below(side, edges[i]), 0.0));
    };
    bins.push_back({rows(pair.reference_numbers), rows(pair.current_numbers)});
  }
  return bins;
}

// Rows in bins (edge, next], open to both ends.
std::vector<CountPair> SketchedBetween(const ColumnPair& pair, const std::vector<double>& edges) {
  std::vector<CountPair> bins;
  CountPair last;
  for (const double edge : edges) {
    const CountPair up_to = {RowsOf(UpTo(pair.reference_numbers, edge)),
                             RowsOf(UpTo(pair.current_numbers, edge))};
    bins.push_back({up_to.reference - last.reference, up_to.current - last.current});
    last = up_to;
  }
  bins.push_back(
      {pair.facts.reference_rows - last.reference, pair.facts.current_rows - last.current});
  return bins;
}

// Numbers as categories for a distance of counts: each value, where the reference has few of them.
bool CountsByValue(const ColumnPair& pair) {
  return HasAllValues(pair) && pair.reference_numbers.values->size() <= kMostNumbersAsCategories;
}

std::vector<CountPair> ByValue(const ColumnPair& pair) {
  return stats::Paired(*pair.reference_numbers.values, *pair.current_numbers.values);
}

std::vector<CountPair> StabilityBins(const ColumnPair& pair) {
  if (!HasNumbers(pair)) return pair.categories;
  if (CountsByValue(pair)) return ByValue(pair);
  if (HasAllValues(pair)) {
    return stats::CountBetween(
        *pair.reference_numbers.values, *pair.current_numbers.values,
        stats::QuantileEdges(*pair.reference_numbers.values, kStabilityBins));
  }
  std::vector<double> edges;
  for (int i = 1; i < kStabilityBins; ++i) {
    const double edge = Quantile(pair.reference_numbers, static_cast<double>(i) / kStabilityBins);
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  return SketchedBetween(pair, edges);
}

std::vector<CountPair> JensenShannonBins(const ColumnPair& pair) {
  if (!HasNumbers(pair)) return pair.categories;
  if (CountsByValue(pair)) return ByValue(pair);
  const std::vector<double> edges = stats::SturgesEdges(
      std::min(Least(pair.reference_numbers), Least(pair.current_numbers)),
      std::max(Greatest(pair.reference_numbers), Greatest(pair.current_numbers)),
      pair.facts.reference_rows + pair.facts.current_rows, IsInteger(pair.facts.type));
  if (HasAllValues(pair)) {
    return stats::CountInBins(*pair.reference_numbers.values, *pair.current_numbers.values, edges);
  }
  return SketchedBins(pair, edges);
}

Measured MeasureKolmogorov(const ColumnPair& pair) {
  if (!HasNumbers(pair)) return {{}, "ks needs numbers"};
  if (HasAllValues(pair)) {
    return {stats::TestKolmogorov(*pair.reference_numbers.values, *pair.current_numbers.values).p,
            ""};
  }
  return {stats::KolmogorovP(stats::KolmogorovDistance(*pair.reference_numbers.sketch,
                                                       *pair.current_numbers.sketch),
                             pair.facts.reference_rows, pair.facts.current_rows),
          ""};
}

Measured MeasureWasserstein(const ColumnPair& pair) {
  if (!HasNumbers(pair)) return {{}, "wasserstein needs numbers"};
  if (HasAllValues(pair)) {
    const double unit =
        std::max(stats::StandardDeviation(*pair.reference_numbers.values), kLeastDeviation);
    return {stats::Wasserstein(*pair.reference_numbers.values, *pair.current_numbers.values) / unit,
            ""};
  }
  return {stats::WassersteinDistance(*pair.reference_numbers.sketch, *pair.current_numbers.sketch) /
              std::max(pair.reference_numbers.stddev, kLeastDeviation),
          ""};
}

// Categories for a test that takes each value as one.
Measured MeasureCounts(const ColumnPair& pair, DriftMethod method) {
  if (HasNumbers(pair) && !HasAllValues(pair)) {
    return {{}, "a profile has no counts of so many values; --from data has them"};
  }
  const std::vector<CountPair> counts = HasNumbers(pair) ? ByValue(pair) : pair.categories;
  if (method == DriftMethod::kChiSquare) return {stats::TestChiSquare(counts).p, ""};
  if (counts.size() > 2) {
    return {{}, "z_test compares the shares of two values, and there are more"};
  }
  return {stats::TestShares(counts).p, ""};
}

std::string NumberText(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

}  // namespace

bool IsExact(const ColumnPair& pair) {
  return HasNumbers(pair) ? HasAllValues(pair) : pair.unnamed == 0;
}

Measured Measure(const ColumnPair& pair, DriftMethod method) {
  switch (method) {
    case DriftMethod::kKolmogorov:
      return MeasureKolmogorov(pair);
    case DriftMethod::kWasserstein:
      return MeasureWasserstein(pair);
    case DriftMethod::kStability:
      return {stats::PopulationStability(StabilityBins(pair)), ""};
    case DriftMethod::kJensenShannon:
      return {stats::JensenShannon(JensenShannonBins(pair)), ""};
    case DriftMethod::kChiSquare:
    case DriftMethod::kShares:
      return MeasureCounts(pair, method);
  }
  return {};
}

std::vector<DriftBin> BinsOf(const ColumnPair& pair) {
  if (!HasNumbers(pair)) return pair.bins;
  std::vector<DriftBin> bins;
  if (CountsByValue(pair)) {
    ValueCounts all = *pair.reference_numbers.values;
    all.insert(all.end(), pair.current_numbers.values->begin(), pair.current_numbers.values->end());
    all = stats::Sorted(std::move(all));
    if (all.size() <= kMostNumbersAsCategories) {
      const std::vector<CountPair> counts = ByValue(pair);
      for (std::size_t i = 0; i < counts.size(); ++i) {
        bins.push_back({NumberText(all[i].value), counts[i].reference, counts[i].current});
      }
      return bins;
    }
  }
  // The outer percents go into the outer bins, so that one far value does not hide the others.
  const double low =
      std::min(Quantile(pair.reference_numbers, 0.01), Quantile(pair.current_numbers, 0.01));
  const double high =
      std::max(Quantile(pair.reference_numbers, 0.99), Quantile(pair.current_numbers, 0.99));
  const double width = high / kShownBins - low / kShownBins;
  CountPair last;
  for (std::size_t i = 0; i < kShownBins; ++i) {
    const double from = low + width * static_cast<double>(i);
    const double to = low + width * static_cast<double>(i + 1);
    const bool is_last = i + 1 == kShownBins || width <= 0;
    const CountPair below = {
        is_last ? pair.facts.reference_rows : RowsOf(Below(pair.reference_numbers, to)),
        is_last ? pair.facts.current_rows : RowsOf(Below(pair.current_numbers, to))};
    bins.push_back({NumberText(from) + " to " + NumberText(is_last ? high : to),
                    below.reference - last.reference, below.current - last.current});
    last = below;
    if (is_last) break;
  }
  return bins;
}

}  // namespace assay::monitor
