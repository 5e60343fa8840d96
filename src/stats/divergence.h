/// How far two distributions over the same categories or bins are apart.
#pragma once

#include <vector>

#include "stats/value_count.h"

namespace assay::stats {

/// Sums of both sides.
CountPair TotalRows(const std::vector<CountPair>& counts);

/// Jensen-Shannon distance: the square root of the divergence (J. Lin, 1991; D. M. Endres and J. E.
/// Schindelin, 2003), with natural logarithms: 0 to sqrt(ln 2), which is 0.8326. Both sides have
/// rows. The order of the categories does not matter.
double JensenShannon(const std::vector<CountPair>& counts);

/// Population stability index: the sum of (r - c) * ln(r / c) over the shares r of the reference
/// and c of the current rows (N. Siddiqi, Credit Risk Scorecards, 2006, chapter 9). An empty bin
/// counts with a share of 0.0001, or a millionth of the side's least share where that is not above
/// 0.0001. 0.1 is usually taken for a small and 0.25 for a large change. Both sides have rows.
double PopulationStability(const std::vector<CountPair>& counts);

}  // namespace assay::stats
