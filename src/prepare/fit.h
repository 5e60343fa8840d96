/// Fits a preparation on the training split.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "prepare/preparation.h"

namespace assay::prepare {

struct FitInput {
  std::string table;  ///< table expression of the training split
  Schema schema;
  FittedOn fitted_on;
};

struct FitResult {
  Preparation preparation;
  int scans = 0;  ///< queries over the training split, each reads only the columns it needs
  std::vector<std::string> warnings;
};

/// Learns what the transforms need in one scan; one more for each transform that stands behind a
/// fitted one that is no `impute`. An error of a transform begins with its `places[i]`.
Result<FitResult> Fit(engine::Engine& engine, const std::vector<Declaration>& declared,
                      const std::vector<std::string>& places, const FitInput& input);

}  // namespace assay::prepare
