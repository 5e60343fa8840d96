/// Rows of a query for people (a table) and programs (JSON, CSV).
#pragma once

#include <string>

#include "base/json.h"
#include "cli/terminal.h"
#include "engine/engine.h"

namespace assay::cli {

/// A value of the data as a cell: one line, no control characters, cut where it is too wide.
std::string CellText(const std::string& value);

/// At most `limit` rows (0: all) as a table; long cells are cut.
std::string GridTable(const engine::Grid& grid, std::size_t limit);
/// A list of objects; integers below 2^53 and booleans as themselves, everything else as text.
Json GridJson(const engine::Grid& grid);
std::string GridCsv(const engine::Grid& grid);

}  // namespace assay::cli
