/// A step that a person's program computes.
#pragma once

#include "run/execute.h"
#include "step/step.h"

namespace assay::run {

/// Gives the program its inputs as Parquet files, starts it, and stores what it wrote.
Result<Executed> ExecuteProgram(Workspace& workspace, const step::StepKind& kind,
                                const contract::Declared& step, const NodeInputs& inputs);

}  // namespace assay::run
