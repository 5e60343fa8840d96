/// What columns may be for, guessed from what was seen of them: label, time, closed lists of words.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "run/seen_source.h"

namespace assay::run {

/// Values that a model could tell apart, with their rows.
using Classes = std::vector<std::pair<std::string, std::int64_t>>;

/// From 2 to 20 values of text, truth or whole numbers; empty where the column has others.
Classes ClassesOf(const SeenColumn& column);
/// The same of text, in order, where each was seen so often that the list is closed, as it seems.
Classes CategoriesOf(const SeenColumn& column);
/// Rows of the rarest; of at least one class.
std::int64_t FewestOf(const Classes& classes);

bool IsNested(const Type& type);
/// The column that is called as labels are, else the last one if it has classes; or nullptr.
const SeenColumn* FindLabel(const SeenSource& source);
/// The first column of days or moments without a null; or nullptr.
const SeenColumn* FindTime(const SeenSource& source);
/// The day on which a share (`0.8`) of the rows has passed; empty where it is not known.
std::string DayAt(const SeenColumn& column, const std::string& share);

/// Columns by whose values rows are told apart: the key, or the few with the most different values.
std::vector<std::string> SplitColumns(const SeenSource& source);
/// False where so few different rows were seen that all may fall on one side.
bool CanBeSplit(const SeenSource& source, const std::vector<std::string>& columns);

}  // namespace assay::run
