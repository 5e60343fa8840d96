/// A table under the name that people write in SQL.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/engine.h"

namespace assay::run {

/// Makes a view `name` of a query. `plausible.refused` can then also be written without quotes,
/// which the engine takes for a schema and a table; where it has a schema of that name itself, only
/// the quoted form is there.
Status MakeView(engine::Engine& engine, const std::string& name, const std::string& query);

/// Takes it away again; one that is not there is no error.
void DropView(engine::Engine& engine, const std::string& name);

}  // namespace assay::run
