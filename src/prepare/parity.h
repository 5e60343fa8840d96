/// Compares the two executions of a preparation, SQL over a table and C++ over one row, bit for
/// bit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "prepare/preparation.h"

namespace assay::prepare {

/// What the comparison says of one step.
struct StepParity {
  std::size_t step = 0;  ///< index in `Preparation::steps`
  std::int64_t different = 0;
  /// The first difference in words, with input and both outputs; empty without one.
  std::string example;
};

struct ParityReport {
  std::int64_t rows = 0;
  std::vector<StepParity> steps;
};

/// Both ways for real rows (the first and last 500 of `table`, which has `rows`) and for rows made
/// of one with a value at a border in one column: null, zero, smallest and greatest of the type,
/// NaN and infinities, unseen categories, both sides of each bucket's border, the ends of a day, a
/// leap day, moments before 1970.
Result<ParityReport> CheckParity(engine::Engine& engine, const Preparation& preparation,
                                 const std::string& table, std::uint64_t rows);

/// Values at the borders of a type.
std::vector<Cell> BorderCells(const Type& type);

}  // namespace assay::prepare
