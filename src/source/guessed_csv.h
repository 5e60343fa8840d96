/// Plain delimited text of some size, read with the types that its first rows have, while each cell
/// is checked against them. Where all fit, these are the types that a look at all rows finds, and
/// the look was spared; where one does not, the read fails and is done anew the exact way.
#pragma once

#include <optional>
#include <string>

#include "source/source.h"

namespace assay::source {

/// The columns as the first rows of each file have them; nothing where the files are small, where
/// they differ, or where such a guess could not be checked cell by cell.
Result<std::optional<Schema>> GuessColumns(const SourceContext& context);

/// The select list over `TextCells` of these columns that casts each cell, and fails at the first
/// that would not be of its column's type by a look at all rows.
std::string CheckedCells(const Schema& columns);

}  // namespace assay::source
