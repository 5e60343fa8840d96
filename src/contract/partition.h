/// Into which parts a source's table is cut: `file`, `month(date)`.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/diagnostic.h"

namespace assay::contract {

struct Partition {
  std::string unit;    ///< `file`, `year`, `month`, `day`, `hour`
  std::string column;  ///< a date or timestamp; empty for `file`
  Place place;

  bool by_file() const { return unit == "file"; }
};

/// Anything else than the five forms is an error with a hint.
Result<Partition> ParsePartition(std::string_view text);

/// As it is declared: `month(date)`.
std::string PartitionText(const Partition& partition);

}  // namespace assay::contract
