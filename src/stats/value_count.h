/// Values of a column with the number of rows that hold them: what the distances are computed from.
#pragma once

#include <cstdint>
#include <vector>

namespace assay::stats {

/// A finite number, and how many rows hold it.
struct ValueCount {
  double value = 0;
  std::uint64_t rows = 0;

  bool operator==(const ValueCount&) const = default;
};

/// Ascending by value, each value once, no count 0.
using ValueCounts = std::vector<ValueCount>;

/// Rows of one category on both sides.
struct CountPair {
  std::uint64_t reference = 0, current = 0;

  bool operator==(const CountPair&) const = default;
};

/// Brings values in any order, perhaps repeated, into the form of `ValueCounts`.
ValueCounts Sorted(ValueCounts values);

std::uint64_t TotalRows(const ValueCounts& values);

/// Each value that is on one side or both, ascending.
std::vector<CountPair> Paired(const ValueCounts& reference, const ValueCounts& current);

}  // namespace assay::stats
