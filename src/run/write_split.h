/// One split of a version, written, read back and digested.
#pragma once

#include <string>

#include "run/workspace.h"
#include "store/commit.h"

namespace assay::run {

/// Writes the rows of a query, in its order, and digests them as a reader will find them.
Result<store::SplitTable> WriteSplit(Workspace& workspace, engine::Engine& engine,
                                     const std::string& query, const std::string& name);

}  // namespace assay::run
