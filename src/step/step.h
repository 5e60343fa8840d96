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
  /// The SELECT that makes the step's rows. Of a kind that makes rows.
  Result<std::string> (*to_sql)(const StepContext& context) = nullptr;
  /// The SELECT of the rows of its input that are not the step's: all columns, then `file_index`
  /// and `file_row_number`. Of a kind that only takes rows out.
  Result<std::string> (*dropped)(const StepContext& context) = nullptr;
};

// One declaration for each *_step.cc, generated from the file names.
#include "step/all_steps_declared.inc"

const std::vector<StepKind>& AllSteps();
const StepKind* FindStep(const std::string& name);

}  // namespace assay::step
