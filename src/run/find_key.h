/// Which columns of a table that was looked at are a key.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/engine.h"
#include "run/seen_source.h"

namespace assay::run {

/// Sets `key` of what was seen of a table expression: a column that is unique and never null, one
/// that is called as keys are before others, else a pair with an id or a time in it; numbers with
/// fractions and long texts are none. Without a key it sets `repeated`.
Status FindKey(engine::Engine& engine, const std::string& table, SeenSource& seen);

}  // namespace assay::run
