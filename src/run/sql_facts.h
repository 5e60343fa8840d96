/// What the SQL texts of a project read. Asked of the engine once per text, then of the catalog.
#pragma once

#include <map>
#include <set>
#include <string>

#include "plan/graph.h"
#include "run/session.h"

namespace assay::run {

using FactsByText = std::map<std::string, engine::ParsedSql>;

/// What the parser says of these texts; those that it has seen before are not parsed again.
Result<FactsByText> FactsOfTexts(Session& session, const std::set<std::string>& texts);

/// Facts for all steps that have SQL. Syntax errors, files read behind the pipeline's back and
/// functions that differ from run to run go to `diagnostics`, with their place in the text.
Result<plan::SqlFacts> FindSqlFacts(Session& session, const contract::Project& project,
                                    contract::Diagnostics& diagnostics);

}  // namespace assay::run
