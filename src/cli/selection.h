/// The options that say which nodes a verb is about.
#pragma once

#include <CLI/CLI.hpp>

#include "plan/selection.h"

namespace assay::cli {

/// Adds NODE..., `--until` and `--select`.
void AddSelection(CLI::App& verb, plan::Selection& selection);

}  // namespace assay::cli
