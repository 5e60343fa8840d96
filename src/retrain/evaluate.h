/// How good a model's predictions of a split are, by the same code as feedback.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "feedback/metrics.h"
#include "run/session.h"
#include "store/commit.h"

namespace assay::retrain {

struct EvaluationRequest {
  const store::Commit& commit;  ///< whose rows were predicted
  const store::SplitTable& split;
  std::string positive;               ///< label that a score speaks of
  std::filesystem::path predictions;  ///< Parquet file below the store
};

/// The metric's value of predictions against the labels of the split. The file has one row for each
/// row of the split: `row` (its number in the split, from 0), `score` from 0 to 1 for metrics of
/// scores, `prediction` (a label) for the others. Rows without a label are left out. Anything else
/// is an error (kData).
Result<double> Evaluate(run::Session& session, const EvaluationRequest& request,
                        const feedback::MetricInfo& metric);

}  // namespace assay::retrain
