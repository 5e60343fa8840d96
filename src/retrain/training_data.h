/// The rows of a version as files that a training program reads.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "contract/project.h"
#include "run/model.h"
#include "run/version_ref.h"

namespace assay::retrain {

/// Writes each split of a version as Parquet files into `folder`/SPLIT; a split without rows gets a
/// file without rows. Prepared rows go into `folder`/SPLIT_prepared, in the same order. With
/// `window_from` (UTC) the split `train` has only the rows from then on, by
/// the column of the dataset's split by time, and no prepared rows: they may lack that column. The
/// window is returned.
Result<std::optional<run::TrainingWindow>> WriteSplits(run::Session& session,
                                                       const run::NamedVersion& version,
                                                       const std::filesystem::path& folder,
                                                       const std::string& window_from);

/// Writes one split of a version into `folder`, as above.
Status WriteSplit(run::Session& session, const store::Commit& commit,
                  const store::SplitTable& split, const std::filesystem::path& folder);

}  // namespace assay::retrain
