#include "stats/value_count.h"

#include <algorithm>

namespace assay::stats {

ValueCounts Sorted(ValueCounts values) {
  const auto is_fault = [](const ValueCount& a, const ValueCount& b) {
    return !(a.value < b.value) || b.rows == 0;
  };
  const bool is_sorted = std::adjacent_find(values.begin(), values.end(), is_fault) == values.end();
  if (is_sorted && (values.empty() || values.front().rows > 0)) return values;
  std::erase_if(values, [](const ValueCount& one) { return one.rows == 0; });
  std::sort(values.begin(), values.end(),
            [](const ValueCount& a, const ValueCount& b) { return a.value < b.value; });
  std::size_t kept = 0;
  for (const ValueCount& one : values) {
    if (kept > 0 && values[kept - 1].value == one.value) {
      values[kept - 1].rows += one.rows;
    } else {
      values[kept++] = one;
    }
  }
  values.resize(kept);
  return values;
}

std::uint64_t TotalRows(const ValueCounts& values) {
  std::uint64_t rows = 0;
  for (const ValueCount& one : values) rows += one.rows;
  return rows;
}

std::vector<CountPair> Paired(const ValueCounts& reference, const ValueCounts& current) {
  std::vector<CountPair> pairs;
  std::size_t i = 0, j = 0;
  while (i < reference.size() || j < current.size()) {
    const bool from_reference =
        j == current.size() || (i < reference.size() && reference[i].value <= current[j].value);
    const bool from_current =
        i == reference.size() || (j < current.size() && current[j].value <= reference[i].value);
    CountPair pair;
    if (from_reference) pair.reference = reference[i++].rows;
    if (from_current) pair.current = current[j++].rows;
    pairs.push_back(pair);
  }
  return pairs;
}

}  // namespace assay::stats
