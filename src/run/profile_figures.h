/// Columns of a stored profile as small pictures.
#pragma once

#include <string>
#include <vector>

#include "stats/profile.h"

namespace assay::run {

/// One figure for each column: upright bars for numbers and times, lying ones with the most
/// frequent values for text and for few values; what is counted and measured stands in words. Of
/// very many columns only the first are shown, which a last line says. `label` is marked.
std::string ProfileFigures(const std::vector<stats::ColumnProfile>& columns,
                           const std::string& label);

}  // namespace assay::run
