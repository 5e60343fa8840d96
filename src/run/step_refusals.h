/// Rows that a step refuses, as a gate does: kept whole with their reasons, counted, told.
#pragma once

#include <string>

#include "run/execute.h"

namespace assay::run {

/// Stores the refused rows of a step's first input, as `refusals` (step::StepKind::refusals)
/// selects them, as the output `refused` of `done`, with the verdict, the quarantine and what is
/// told.
Status TakeRefusals(Workspace& workspace, engine::Engine& engine, const contract::Declared& step,
                    const NodeInput& input, const std::string& refusals, Executed& done);

/// Verdict and quarantine of `done.output` when its refused rows have come together from parts, of
/// which each had a verdict like this one's.
Status UniteStepRefusals(Workspace& workspace, engine::Engine& engine, const std::string& step,
                         const std::vector<Json>& part_verdicts, Executed& done);

}  // namespace assay::run
