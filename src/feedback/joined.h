/// A stream's predictions with what came of them, as one staged Parquet file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "contract/project.h"
#include "run/session.h"
#include "store/staged_file.h"

namespace assay::feedback {

struct JoinRequest {
  std::vector<std::string> slices;  ///< become the columns s0, s1, ...
  std::string model, model_id;      ///< names of one model; empty: all
  bool or_unnamed = false;          ///< all where no prediction names a model of its own
  std::string as_of;                ///< as `contract::ParseTime` gives it; empty: all
};

struct JoinCounts {
  std::uint64_t predictions = 0, repeated = 0, conflicts = 0;
  bool is_of_model = false;     ///< only predictions of the one model were taken
  std::uint64_t of_others = 0;  ///< that would count, but another model made them
  std::uint64_t outcomes = 0, repeated_outcomes = 0, corrected = 0, unmatched = 0;
};

/// Writes `to` with the columns time, model, prediction, score, outcome (null where there is none
/// that counts), early, s0, s1, ... (text): one row for each prediction that counts. Which those
/// are is in docs/design/0003, section 4; of outcomes of one time the one that arrived last counts.
Result<JoinCounts> WriteJoined(run::Session& session, const contract::FeedbackStream& stream,
                               const JoinRequest& request, const std::filesystem::path& to);

}  // namespace assay::feedback
