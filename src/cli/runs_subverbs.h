/// Verbs below `assay runs`, one file each.
#pragma once

#include "cli/verb.h"

namespace assay::cli {

/// Each adds one verb to `runs`.
void AddRunsLogs(Verb& runs, Context& context);
void AddRunsCompare(Verb& runs, Context& context);
void AddRunsReport(Verb& runs, Context& context);

/// How a run is named, for the help of those verbs.
inline constexpr char kRunHelp[] =
    "id, the beginning of one, `last`, or `last~1` for the one before";

}  // namespace assay::cli
