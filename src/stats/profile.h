/// What a table's columns look like: counts, exact quantiles, histogram. Exact and free of order,
/// so the same rows give the same profile on any machine with any number of threads.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "engine/engine.h"

namespace assay::stats {

/// A value as the engine prints it; a long text is cut to its first `kLongestValue` characters, so
/// that a profile does not grow with the values.
struct ShownValue {
  std::string text;
  bool cut = false;
};
inline constexpr std::size_t kLongestValue = 64;

struct ColumnProfile {
  std::string name;
  std::string type;
  std::int64_t rows = 0, nulls = 0, distinct = 0;
  std::optional<ShownValue> min, max;  ///< NaN counts as greatest
  std::optional<std::string> mean;     ///< numbers and booleans; shortest decimal of the double
  /// Of the non-null rows, divided by their number; numbers. Relative error about 1e-15.
  std::optional<std::string> stddev;
  /// Share -> smallest value with at least that share of the non-null rows at or below it
  /// (Hyndman and Fan 1996, definition 1: an observed value, nothing interpolated). Ascending; the
  /// 99 percentiles, and 0.0001, 0.001, 0.999, 0.9999. Numbers and times.
  std::vector<std::pair<std::string, std::string>> quantiles;
  /// Equal-width bins from min to max over finite values; the last one holds its upper border.
  std::vector<std::int64_t> histogram;
  /// Values with their rows, the most frequent first, ties by value. Text and booleans: the first
  /// ten, and up to 512 that have at least two rows and 0.01 % of all. Numbers and times: every
  /// value, where there are at most 50 of them and the engine can write each down; else none.
  std::vector<std::pair<ShownValue, std::int64_t>> top;
};

/// Profiles all columns of a table expression: a grouped scan for each, of a copy in memory where
/// there are many columns and few rows.
Result<std::vector<ColumnProfile>> ProfileTable(engine::Engine& engine, const std::string& table,
                                                const Schema& schema);

/// A value that was cut is marked: `"min_cut": true`, `"cut": true` in `top`.
Json ProfileJson(const std::vector<ColumnProfile>& columns);

/// Reads what `ProfileJson` wrote, of this program or an older one: members that were not there
/// then stay empty. What is no profile is kData.
Result<std::vector<ColumnProfile>> ParseProfileJson(const Json& json);

}  // namespace assay::stats
