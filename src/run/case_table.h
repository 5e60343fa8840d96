/// Rows of a case as a table in the engine's memory, and as cells that can be compared. Nothing is
/// written but what a file of rows needs in the engine's memory.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "contract/cases.h"
#include "contract/yaml.h"
#include "engine/engine.h"

namespace assay::run {

/// Something that is wrong with a case, where it stands.
struct CaseMistake {
  contract::Place place;
  std::string message, hint;
};

/// The types of the columns of rows that are written down: as declared, else as their values look.
/// Mistakes of the file of cases go to `mistakes`: what cannot be one type, what is no value of the
/// declared one.
Schema SchemaOfRows(const contract::CaseRows& rows, std::vector<CaseMistake>& mistakes);

/// Makes the table `table` of rows, with `file_index` and `file_row_number` behind the columns;
/// returns its schema without the two. `folder` is the project's, for files.
Result<Schema> MakeCaseTable(engine::Engine& engine, const contract::CaseRows& rows,
                             const std::filesystem::path& folder, const std::string& table,
                             std::vector<CaseMistake>& mistakes);

/// Rows of a query, which has these columns, as text; what is nested as JSON.
Result<engine::Grid> ReadCells(engine::Engine& engine, const std::string& query,
                               const Schema& schema);

/// The rows of a file as if they had been written down.
Result<std::vector<contract::YamlNode>> RowsOfFile(engine::Engine& engine,
                                                   const contract::CaseRows& rows,
                                                   const std::filesystem::path& folder);

}  // namespace assay::run
