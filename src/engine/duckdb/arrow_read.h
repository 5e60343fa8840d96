/// A query whose rows leave the engine as Arrow record batches; see Engine::ReadArrow.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/arrow_data.h"
#include "engine/duckdb/instance.h"

namespace assay::engine {

Result<std::unique_ptr<RecordBatches>> OpenArrowRead(std::shared_ptr<Instance> instance,
                                                     const std::string& query,
                                                     std::size_t batch_rows,
                                                     std::function<bool()> stop);

}  // namespace assay::engine
