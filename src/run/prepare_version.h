/// The preparation of a version: fitted on its training split, applied to all of them, compared
/// with itself one row at a time.
#pragma once

#include <string>
#include <vector>

#include "prepare/preparation.h"
#include "run/dataset.h"

namespace assay::run {

/// Fits, writes state and prepared rows, and adds the verdict `DATASET.parity`. Does nothing where
/// no preparation is declared. True when the two executions differ.
Result<bool> PrepareVersion(Workspace& workspace, const contract::Dataset& dataset,
                            BuiltVersion& built, std::vector<std::string>& warnings);

/// The preparation of a version; an error with a hint where it has none.
Result<prepare::Preparation> ReadPreparation(const store::ObjectStore& objects,
                                             const store::Commit& commit);

/// The version as it is prepared: its prepared rows as tables, their columns as schema.
Result<store::Commit> AsPrepared(const store::ObjectStore& objects, const store::Commit& commit);

}  // namespace assay::run
