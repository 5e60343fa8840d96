/// The scan behind a gate: its checks compiled, and counted in one pass over the rows.
#pragma once

#include <string>
#include <vector>

#include "contract/project.h"
#include "engine/engine.h"
#include "gate/check.h"
#include "gate/gate.h"
#include "gate/verdict.h"

namespace assay::gate {

/// What a scan looks for.
enum class Scope {
  kAll,
  kRows,     ///< bad rows
  kNumbers,  ///< over rows all of which pass
};

/// Of one gate and one table; both live longer than it. `Compile` comes first, then `RunPasses`,
/// `Count`, `Complete` and `Measure`; the queries may be had behind `RunPasses`.
class GateScan {
 public:
  GateScan(engine::Engine& engine, const contract::Gate& gate, const GateInput& input,
           Scope scope = Scope::kAll)
      : engine_(engine), gate_(gate), input_(input), scope_(scope) {}

  Status Compile();
  Status RunPasses();
  /// As the scan found them, for `Complete`.
  Result<std::vector<SliceCounts>> Count();
  /// Adds what follows from them.
  Status Complete(std::vector<SliceCounts>& slices);
  /// What the counts of all parts come to; the scan is of the numbers.
  Result<std::vector<SliceCounts>> AddUp(const std::vector<std::vector<SliceCounts>>& parts);
  /// Takes the numbers that need passes of their own, over the rows that pass.
  Status Measure(std::vector<SliceCounts>& slices);
  /// True for checks whose number may depend on the order in which rows are read.
  std::vector<bool> OrderDependent() const;
  std::vector<JudgedCheck> Judged() const;
  std::vector<std::string> Temporaries() const;
  std::string RefusedQuery() const;
  std::string BadQuery() const;

 private:
  struct Compiled {
    contract::CheckDecl decl;
    CompiledCheck check;
    bool counts = false;   ///< its bad rows are counted
    bool faults = false;   ///< its bad rows are what the gate's thresholds and `bad_rows` speak of
    bool refuses = false;  ///< its bad rows do not pass
    std::string bad;       ///< the name of a column that tells them, where one is made
  };

  std::string JudgedRows(const std::string& from, const std::string& place) const;
  static std::string BadSql(const Compiled& check);
  std::string PlacedRows() const;
  bool LooksFor(const Compiled& check) const;
  std::string AnyOf(bool (*chosen)(const Compiled&)) const;
  std::string RefusedSql() const;
  std::string PassedQuery(bool nothing_refused) const;
  std::string NumberSql(const Compiled& check) const;
  std::string CountQuery() const;
  Status Take(const std::vector<std::optional<std::string>>& row,
              std::vector<SliceCounts>& slices) const;
  Status CountOverNoRows(std::vector<SliceCounts>& slices);
  Status RunQueries(std::vector<SliceCounts>& slices);
  Error BlameCheck(Error error) const;
  std::string WhereOf(const Compiled& check) const {
    return PlaceText(check.decl.place) + ": check " + check.decl.name;
  }
  Status CheckNumbers(const Schema& schema) const;

  engine::Engine& engine_;
  const contract::Gate& gate_;
  const GateInput& input_;
  const Scope scope_;
  std::vector<Compiled> checks_;
};

}  // namespace assay::gate
