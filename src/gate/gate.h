/// Judges one table by a gate's checks: one scan for row checks and aggregates, a named pass for
/// each check that needs one.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "contract/project.h"
#include "engine/engine.h"
#include "gate/check.h"
#include "gate/verdict.h"

namespace assay::gate {

/// A gate's input as the engine reads it.
struct GateInput {
  Schema schema;
  std::string table;               ///< table expression with `file_index`, `file_row_number`
  std::vector<std::string> files;  ///< sha256 by `file_index`
};

struct Judgement {
  Verdict verdict;
  /// SELECT of the rows that pass, in input order; valid until the next gate of this engine.
  std::string passed_query;
  /// SELECT of the refused rows whole, with `_assay_file`, `_assay_row`, `_assay_reasons`.
  std::string refused_query;
};

/// Names of the passes that a gate needs beside its scan, for the plan: `unique (flight)`.
std::vector<std::string> ExtraPasses(const contract::Gate& gate);

/// SQL of a `by` expression: `month(date)` and its like become text (`2001-06`), anything else is
/// taken as SQL.
std::string SliceSql(const std::string& by);

Result<Judgement> Judge(engine::Engine& engine, const contract::Gate& gate, const GateInput& input);

}  // namespace assay::gate
