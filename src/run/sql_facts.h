/// What the SQL texts of a project read. Asked of the engine once per text, then of the catalog.
#pragma once

#include "plan/graph.h"
#include "run/session.h"

namespace assay::run {

/// Facts for all steps that have SQL. Syntax errors, files read behind the pipeline's back and
/// functions that differ from run to run go to `diagnostics`, with their place in the text.
Result<plan::SqlFacts> FindSqlFacts(Session& session, const contract::Project& project,
                                    contract::Diagnostics& diagnostics);

}  // namespace assay::run
