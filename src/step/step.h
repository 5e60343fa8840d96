/// Kinds of steps: how a table is made of tables. One kind is one file, `*_step.cc`.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/type.h"
#include "contract/kind_info.h"

namespace assay::step {

struct StepInput {
  std::string name;  ///< as the project writes it; a view of this name exists while the step runs
  Schema schema;
  std::string table;  ///< table expression with the hidden columns `file_index`, `file_row_number`
};

struct StepContext {
  const Json& params;
  const std::vector<StepInput>& inputs;
};

struct StepKind {
  contract::KindInfo info;
  /// The SELECT that makes the step's rows.
  Result<std::string> (*to_sql)(const StepContext& context) = nullptr;
};

// One declaration for each *_step.cc, generated from the file names.
#include "step/all_steps_declared.inc"

const std::vector<StepKind>& AllSteps();
const StepKind* FindStep(const std::string& name);

}  // namespace assay::step
