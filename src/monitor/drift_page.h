/// A report as one page of HTML.
#pragma once

#include <string>

#include "monitor/drift.h"

namespace assay::monitor {

/// The page needs nothing else: no script, no font, no picture from elsewhere. Text of the data is
/// escaped. Readable on paper and without colours: what has drifted is said in words.
std::string DriftPage(const DriftReport& report);

/// Columns in the order in which people want them: what is not judged last, else by how far the
/// statistic is beyond its threshold.
std::vector<const ColumnDrift*> ByImportance(const std::vector<ColumnDrift>& columns);

/// `p 0.0012, below 0.05`, `0.31, at least 0.1`; empty where nothing was measured.
std::string StatisticText(const ColumnDrift& column);

/// `drifted`, `same`, `not judged`.
std::string VerdictText(const ColumnDrift& column);

}  // namespace assay::monitor
