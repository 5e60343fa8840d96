/// What DuckDB says of an error, in our words: no name of its parts, one hint.
#pragma once

#include <string>

#include "base/result.h"

namespace assay::engine {

/// By the class that the text begins with: what the machine lacks is kIo, the rest is the user's
/// SQL (kUser) or data (kData), but for the engine's own bugs.
Error EngineError(const std::string& text);

/// The text that carries an error of ours through the engine; EngineError makes it that error
/// again.
std::string CarriedError(const Error& error);

}  // namespace assay::engine
