/// A stream of Arrow record batches that another library made becomes a file; see
/// Engine::CopyArrowToParquet.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/arrow_data.h"
#include "engine/duckdb/instance.h"

namespace assay::engine {

/// Runs `copy`, a COPY that reads the stream under the name `view`; returns the number of rows.
Result<std::uint64_t> WriteArrow(const Instance& instance, ArrowArrayStream& stream,
                                 const std::string& view, const std::string& copy,
                                 const std::function<bool()>& stop);

}  // namespace assay::engine
