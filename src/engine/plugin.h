/// The one symbol through which the engine's shared library is entered.
#pragma once

#include <memory>

#include "base/result.h"
#include "engine/engine.h"

namespace assay::engine {

inline constexpr char kPluginName[] = "libassay_duckdb.so";
inline constexpr char kOpenName[] = "AssayOpenEngine";

/// The caller owns the result; a pointer, because a C symbol cannot hand out a class.
using OpenFunction = Result<std::unique_ptr<Engine>>* (*)(const Options& options);

}  // namespace assay::engine
