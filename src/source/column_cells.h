/// What all cells of a column tell together: whether some of them would not survive a type, and
/// which type holds all of them. Cells are a table expression whose columns are text.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

namespace assay::source {

/// How many cells of a column fit a condition, and one of them.
struct FoundCells {
  std::size_t column = 0;
  std::string cells;    ///< how many
  std::string example;  ///< the least of them
};
/// Of each column that has a condition; one pass. Columns where none fits are left out.
Result<std::vector<FoundCells>> FindCells(engine::Engine& engine, const std::string& cells,
                                          const Schema& columns,
                                          const std::vector<std::string>& conditions);

/// The condition of a number of digits alone that a double would bend: an identifier, as a rule.
std::string BentByDouble(const std::string& column);

/// An error where a cell would be rounded or cut by its column's type without a word.
Status CheckNothingIsLost(engine::Engine& engine, const std::string& cells, const Schema& columns);

/// The types that hold all cells of these columns, as the engine detects them in a file: whole
/// numbers, others, truths, days, times and moments in ISO form, else text.
Result<Schema> DetectTypes(engine::Engine& engine, const std::string& cells, Schema columns);

/// `a, b, c`
std::string NamesText(const Schema& schema);

}  // namespace assay::source
