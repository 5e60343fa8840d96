/// Samples for tests that other programs can make too.
#pragma once

#include "stats/value_count.h"

namespace assay::stats {

/// `rows` values (i * i * factor + i) mod `modulus` + shift, for i = 0, 1, ...
inline ValueCounts SampleValues(int rows, std::int64_t factor, std::int64_t modulus, int shift) {
  ValueCounts values;
  for (std::int64_t i = 0; i < rows; ++i) {
    values.push_back({static_cast<double>((i * i * factor + i) % modulus + shift), 1});
  }
  return Sorted(std::move(values));
}

}  // namespace assay::stats
