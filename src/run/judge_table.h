/// Judges a stored table by a gate's checks.
#pragma once

#include "gate/gate.h"
#include "run/session.h"
#include "store/table.h"

namespace assay::run {

/// The judgement's queries are valid, and its temporary tables there, until the engine is closed.
Result<gate::Judgement> JudgeTable(Session& session, const contract::Gate& gate,
                                   const store::Table& input);

}  // namespace assay::run
