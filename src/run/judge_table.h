/// Judges a stored table by a gate's checks.
#pragma once

#include <cstdint>

#include "gate/gate.h"
#include "run/workspace.h"
#include "store/table.h"

namespace assay::run {

/// `targets` is what its checks compare with, `now_micros` when it is judged, since 1970 in UTC.
/// The judgement's queries are valid, and its temporary tables there, until the engine is closed.
Result<gate::Judgement> JudgeTable(Workspace& workspace, const contract::Gate& gate,
                                   const store::Table& input, gate::Targets targets,
                                   std::int64_t now_micros);

/// Takes the temporary tables of a judgement away.
Status DropTemporaries(engine::Engine& engine, const std::vector<std::string>& tables);

}  // namespace assay::run
