/// The options that say which nodes a verb is about.
#pragma once

#include "cli/verb.h"
#include "plan/selection.h"

namespace assay::cli {

/// Adds NODE..., `--until` and `--select`.
void AddSelection(Verb& verb, plan::Selection& selection);

}  // namespace assay::cli
