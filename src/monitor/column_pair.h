/// One column of both sides, as the rows or the profiles give it, and the statistics of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "monitor/drift.h"
#include "stats/sketch.h"
#include "stats/value_count.h"

namespace assay::monitor {

/// Numbers of one side: every value, or where there are too many for a profile, a sketch. Both
/// sides of a pair have the same of the two.
struct NumberSide {
  std::optional<stats::ValueCounts> values;
  std::optional<stats::Sketch> sketch;
  double stddev = 0;  ///< of a sketch

  bool is_known() const { return values || sketch; }
};

/// Categories that `bins` names; the others are one bin together.
inline constexpr std::size_t kShownCategories = 10;

struct ColumnPair {
  ColumnFacts facts;
  SideCounts reference, current;
  NumberSide reference_numbers, current_numbers;  ///< numbers and times
  std::vector<stats::CountPair> categories;       ///< everything else
  std::vector<DriftBin> bins;                     ///< everything else
  /// Rows of the categories that a profile does not name, as a share of the side that has more.
  double unnamed = 0;
};

/// The column from the rows of both sides, which have it with one type.
Result<ColumnPair> ReadColumn(engine::Engine& engine, const DriftSide& reference,
                              const DriftSide& current, const Field& field);

/// The column from the profiles of both sides; none where one of them has too little of it. Of
/// times only the counts.
std::optional<ColumnPair> ProfiledColumn(const DriftSide& reference, const DriftSide& current,
                                         const Field& field);

/// True when the statistics of the pair are those of the rows.
bool IsExact(const ColumnPair& pair);

/// What a method says of the pair.
struct Measured {
  std::optional<double> statistic;
  std::string note;  ///< why there is none
};
/// Both sides have a value.
Measured Measure(const ColumnPair& pair, DriftMethod method);

/// Histogram of both sides.
std::vector<DriftBin> BinsOf(const ColumnPair& pair);

}  // namespace assay::monitor
