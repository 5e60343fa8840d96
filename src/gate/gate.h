/// Judges one table by a gate's checks: one scan for row checks and aggregates, a named pass for
/// each check that needs one.
#pragma once

#include <functional>
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
  std::string table;               ///< table expression
  std::string placed;              ///< the same with `file_index` and `file_row_number`
  std::vector<std::string> files;  ///< sha256 by `file_index`
  Targets targets;                 ///< that its checks compare with
  std::int64_t now_micros = 0;     ///< when it is judged, since 1970 in UTC
};

struct Judgement {
  Verdict verdict;
  /// SELECT of the rows that do not pass: all columns, then `file_index` and `file_row_number`.
  /// Valid until the next gate of this engine, as is the other.
  std::string refused_query;
  /// SELECT of the rows that a check of severity error found bad, whole, with `_assay_file`,
  /// `_assay_row`, `_assay_reasons`, and last their ids, `_assay_row_id`. With `bad_rows: keep`
  /// they are among those that pass, too.
  std::string bad_query;
  /// Tables that the queries need and that can be dropped after them.
  std::vector<std::string> temporaries;
};

/// Names of the passes that a gate needs beside its scan, for the plan: `unique (flight)`.
std::vector<std::string> ExtraPasses(const contract::Gate& gate);

/// Writes owners and places, as the gate declares them now, into a verdict that was kept from a run
/// with the same checks.
void NameOwners(const contract::Gate& gate, Json& verdict);

/// An engine with one thread, and the gate's input sorted by all columns for it to read.
struct Ordered {
  engine::Engine* engine = nullptr;
  std::string table;  ///< table expression
};
using OrderedSource = std::function<Result<Ordered>()>;

/// What was counted in one part of a gate's input.
struct PartJudgement {
  std::vector<SliceCounts> counts;
  std::string refused_query, bad_query;  ///< as in Judgement
  std::vector<std::string> temporaries;
};

/// The same for a gate whose checks can be judged part by part (`over_parts` of their kinds): first
/// the rows of each part, then what the counts of all come to. Numbers are taken over the rows that
/// pass in all parts, which stand in `passed.table`.
Result<PartJudgement> JudgePart(engine::Engine& engine, const contract::Gate& gate,
                                const GateInput& part);
Result<Verdict> JudgeParts(engine::Engine& engine, const contract::Gate& gate,
                           const GateInput& passed,
                           const std::vector<std::vector<SliceCounts>>& parts);

/// `ordered` is asked when a check's number depends on the order of rows (a sum of floating-point
/// values): it is then taken by one thread over sorted rows, so that every machine gets the same.
Result<Judgement> Judge(engine::Engine& engine, const OrderedSource& ordered,
                        const contract::Gate& gate, const GateInput& input);

}  // namespace assay::gate
