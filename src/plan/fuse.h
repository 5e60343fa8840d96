/// Which steps are computed by the steps that read them (docs/design/0006).
#pragma once

#include "plan/graph.h"

namespace assay::plan {

/// Marks the nodes of a graph that are fused. Where a step asks for it and cannot have it, that is
/// an error with the reason.
void Fuse(const contract::Project& project, Graph& graph, contract::Diagnostics& diagnostics);

}  // namespace assay::plan
