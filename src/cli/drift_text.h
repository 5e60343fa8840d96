/// What drift found, as people read it.
#pragma once

#include <string>

#include "base/json.h"
#include "cli/terminal.h"
#include "monitor/drift.h"

namespace assay::cli {

/// A table of columns with statistic, threshold and verdict: what has drifted first, then the
/// label, then by how near the statistic is to its threshold. With `judged_only` without the
/// columns of which nothing could be said.
std::string ColumnsText(const Terminal& terminal, const monitor::DriftReport& report,
                        bool judged_only);

/// The columns of a monitor's result, a stored text `assay.drift/1`, as a table; empty where it
/// compared none.
Result<std::string> JudgedText(const Terminal& terminal, const Json& body);

}  // namespace assay::cli
