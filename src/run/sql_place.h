/// Where in a step's SQL an error of the engine is. Knows nothing of how the SQL was run.
#pragma once

#include <string>

#include "contract/project.h"

namespace assay::run {

/// The place of the word that ends `message` (`there is no column: NAME`), where the step's SQL has
/// it once; else the step's own.
contract::Place PlaceInSql(const contract::Declared& step, const std::string& message);

}  // namespace assay::run
