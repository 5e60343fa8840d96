/// `dataset('NAME', 'REF')` in the SQL of steps: committed versions as sources of the graph.
#pragma once

#include <string_view>

#include "contract/project.h"
#include "run/session.h"
#include "run/source_files.h"
#include "store/table.h"

namespace assay::run {

/// Kind of the sources that stand for versions; no project declares one.
inline constexpr std::string_view kVersionKind = "version";

/// The function that names a version in SQL.
inline constexpr std::string_view kVersionFunction = "dataset";

/// Gives the project a source for each version that the SQL of its steps reads, and lets the SQL
/// read that: `"NAME@REF"` stands in the place of the call. Versions that are not there, and those
/// that this project may move by its own run, go to `diagnostics`; what is no such call stays.
Status TakeVersions(Session& session, contract::Project& project,
                    contract::Diagnostics& diagnostics);

/// The version behind such a source now: its id, and its files as receipts.
struct VersionFiles {
  std::string id;  ///< of the version; with the split, where one is named
  SourceFiles files;
  store::Table table;  ///< schema, rows and files
};
Result<VersionFiles> FindVersionFiles(Session& session, const contract::Declared& source);

}  // namespace assay::run
