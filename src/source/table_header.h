/// What the header of a table says: the names of its columns, and how its rows are made of rows of
/// the file. Decides alone, reads nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay::source {

/// The place of a cell that is not in the file.
inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

/// A row of the table from a row of the file: for each name the place of its cell, or `kNowhere`
/// and a text that is the same in all rows, where empty is null.
struct HeaderPart {
  std::vector<std::size_t> places;
  std::vector<std::string> texts;
};

struct TableHeader {
  std::vector<std::string> names;
  std::vector<HeaderPart> parts;  ///< one for each row that a row of the file makes
};

/// Rows of a header, all of the same number of cells, from the upper one on.
using HeaderRows = std::vector<std::vector<std::string>>;

/// Columns without a name, as many.
TableHeader WithoutHeader(std::size_t columns);

/// The upper rows are filled to the right, and the texts above each other joined.
TableHeader JoinedHeader(HeaderRows rows, const std::string& separator);

/// The upper rows are filled to the right and become columns, `unpivot` their names: each group
/// that they tell makes a row of the table. Columns without a group are the same in all of them.
Result<TableHeader> LongHeader(HeaderRows rows, const std::vector<std::string>& unpivot,
                               const std::string& location);

/// Gives numbers to names that are there twice or missing, as the engine does; returns their
/// places.
std::vector<std::size_t> MakeDistinct(std::vector<std::string>& names);

}  // namespace assay::source
