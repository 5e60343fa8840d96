/// `Engine::TraceRows`: takes a query apart, has its tree rewritten, prints it, and believes none
/// of it before the engine has read it back.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

namespace assay::engine {

Result<Trace> TraceRows(Engine& engine, const std::string& query,
                        const std::vector<TracedInput>& inputs);

}  // namespace assay::engine
