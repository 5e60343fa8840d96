#include "gate/gate.h"

#include <algorithm>
#include <utility>

#include "engine/sql_text.h"
#include "gate/gate_scan.h"
#include "gate/user_sql.h"

namespace assay::gate {
namespace {

// The numbers that depend on the order of rows, taken again by one thread over sorted rows.
Status CountInOrder(const Ordered& ordered, const contract::Gate& gate, const GateInput& input,
                    const std::vector<bool>& dependent, std::vector<SliceCounts>& counts) {
  const GateInput sorted{input.schema, ordered.table, ordered.table,
                         input.files,  input.targets, input.now_micros};
  GateScan scan(*ordered.engine, gate, sorted);
  const auto again = [&]() -> Result<std::vector<SliceCounts>> {
    TRY(scan.Compile());
    TRY(scan.RunPasses());
    TRY_ASSIGN(std::vector<SliceCounts> counted, scan.Count());
    TRY(scan.Complete(counted));
    return counted;
  }();
  for (const std::string& temporary : scan.Temporaries()) {
    TRY(ordered.engine->Execute("DROP TABLE IF EXISTS " + temporary));
  }
  if (!again.ok()) return again.error();
  for (std::size_t i = 0; i < counts.size() && i < again->size(); ++i) {
    for (std::size_t check = 0; check < dependent.size(); ++check) {
      if (dependent[check]) counts[i].numbers[check] = (*again)[i].numbers[check];
    }
  }
  return {};
}

Status CheckSlices(engine::Engine& engine, const contract::Gate& gate, const GateInput& input) {
  if (gate.by.empty()) return {};
  return WithText(CheckExpression(engine, SliceSql(gate.by), true, input.table), gate.by)
      .While(PlaceText(gate.by_place) + ": by");
}

// The query of bad rows of a scan, in the order of the input.
std::string BadRows(const GateScan& scan, const GateInput& input) {
  constexpr std::size_t kOurs = 4;  // columns of a bad row beside its own
  const std::string query = scan.BadQuery();
  if (input.files.size() < engine::kManyFiles) return query;
  return "SELECT * FROM (" + engine::InSequence(query, input.schema.size() + kOurs) + ")";
}

Result<Verdict> JudgeScan(const GateScan& scan, const contract::Gate& gate,
                          const std::vector<SliceCounts>& counts) {
  const Thresholds thresholds{gate.warn_above, gate.fail_above, gate.min_rows};
  TRY_ASSIGN(Verdict verdict, JudgeCounts(scan.Judged(), thresholds, counts));
  verdict.gate = gate.name;
  verdict.owner = gate.owner;
  verdict.by = gate.by;
  verdict.bad_rows = gate.bad_rows;
  return verdict;
}

}  // namespace

void NameOwners(const contract::Gate& gate, Json& verdict) {
  verdict["owner"] = OwnerJson(gate.owner);
  for (Json& check : verdict["checks"]) {
    for (const contract::CheckDecl& decl : gate.checks) {
      if (check.value("name", "") != decl.name) continue;
      check["place"] = PlaceText(decl.place);
      check.erase("owner");
      if (decl.owner && !decl.owner->empty()) check["owner"] = OwnerJson(*decl.owner);
    }
  }
}

std::vector<std::string> ExtraPasses(const contract::Gate& gate) {
  std::vector<std::string> passes;
  for (const contract::CheckDecl& check : gate.checks) {
    const CheckKind* kind = FindCheck(check.kind);
    if (kind != nullptr && kind->needs_pass) passes.push_back(check.name);
  }
  return passes;
}

Result<PartJudgement> JudgePart(engine::Engine& engine, const contract::Gate& gate,
                                const GateInput& part) {
  GateScan scan(engine, gate, part, Scope::kRows);
  TRY(CheckSlices(engine, gate, part));
  TRY(scan.Compile());
  TRY(scan.RunPasses());
  PartJudgement judged;
  TRY_ASSIGN(judged.counts, scan.Count());
  judged.refused_query = scan.RefusedQuery();
  judged.bad_query = BadRows(scan, part);
  judged.temporaries = scan.Temporaries();
  return judged;
}

Result<Verdict> JudgeParts(engine::Engine& engine, const contract::Gate& gate,
                           const GateInput& passed,
                           const std::vector<std::vector<SliceCounts>>& parts) {
  GateScan scan(engine, gate, passed, Scope::kNumbers);
  TRY(scan.Compile());
  TRY_ASSIGN(std::vector<SliceCounts> counts, scan.AddUp(parts));
  TRY(scan.Complete(counts));
  TRY(scan.Measure(counts));
  return JudgeScan(scan, gate, counts);
}

Result<Judgement> Judge(engine::Engine& engine, const OrderedSource& ordered,
                        const contract::Gate& gate, const GateInput& input) {
  GateScan scan(engine, gate, input);
  TRY(CheckSlices(engine, gate, input));
  TRY(scan.Compile());
  TRY(scan.RunPasses());
  TRY_ASSIGN(std::vector<SliceCounts> counts, scan.Count());
  TRY(scan.Complete(counts));
  const std::vector<bool> dependent = scan.OrderDependent();
  if (std::find(dependent.begin(), dependent.end(), true) != dependent.end()) {
    TRY_ASSIGN(const Ordered sorted, ordered());
    TRY(CountInOrder(sorted, gate, input, dependent, counts));
  }
  TRY(scan.Measure(counts));
  Judgement judgement;
  TRY_ASSIGN(judgement.verdict, JudgeScan(scan, gate, counts));
  judgement.refused_query = scan.RefusedQuery();
  judgement.bad_query = BadRows(scan, input);
  judgement.temporaries = scan.Temporaries();
  return judgement;
}

}  // namespace assay::gate
