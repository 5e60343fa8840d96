#include <algorithm>

#include "gate/gate.h"
#include "run/execute.h"
#include "run/judge_table.h"
#include "run/refused_rows.h"
#include "run/sorted_input.h"
#include "run/table_sql.h"

namespace assay::run {
namespace {

// Rows kept of those that a gate drops or lets through.
constexpr int kKeptRows = 100;

Json ReasonCounts(const gate::Verdict& verdict) {
  Json reasons = Json::object();
  for (const gate::CheckFinding& check : verdict.checks) {
    if (check.bad > 0) reasons[check.name] = check.bad;
  }
  return reasons;
}

Result<store::Table> StoreBadRows(Workspace& workspace, engine::Engine& engine,
                                  const contract::Gate& gate, const NodeInput& input,
                                  const std::string& query) {
  TRY_ASSIGN(const auto lineage, LineageOfInput(workspace, input.name, input.table));
  return StoreTraced(workspace, engine, {query, 1, lineage, true}, gate.name + ".refused",
                     Columns::kWithOurs);
}

// Puts the bad rows into quarantine, and names the first of them.
Status Quarantine(Workspace& workspace, engine::Engine& engine, const gate::Verdict& verdict,
                  const store::Table& bad, Executed& done) {
  done.quarantine = store::QuarantineRow{};
  done.quarantine->gate = verdict.gate;
  done.quarantine->rows = static_cast<std::uint64_t>(verdict.faulty);
  done.quarantine->table = TableJson(bad);
  done.quarantine->reasons = ReasonCounts(verdict);
  TRY_ASSIGN(done.examples, RefusedExamples(workspace.objects(), engine, verdict.gate, bad));
  return {};
}

// The bad rows with their reasons: all of them where they go into quarantine or the gate fails and
// so nothing passes, else a sample.
Status KeepBadRows(Workspace& workspace, engine::Engine& engine, const contract::Gate& gate,
                   const NodeInput& input, const gate::Judgement& judgement, Executed& done) {
  const gate::Verdict& verdict = judgement.verdict;
  if (verdict.faulty == 0) return {};
  const bool failed = verdict.verdict == gate::VerdictKind::kFail;
  const bool quarantine = gate.bad_rows == contract::BadRows::kQuarantine;
  const bool whole = quarantine || (gate.bad_rows == contract::BadRows::kKeep && failed);
  const std::string query =
      judgement.bad_query +
      (whole ? "" : " ORDER BY _assay_file, _assay_row LIMIT " + std::to_string(kKeptRows));
  TRY_ASSIGN(store::Table bad, StoreBadRows(workspace, engine, gate, input, query));
  TRY(Quarantine(workspace, engine, verdict, bad, done));
  if (quarantine) done.output.outputs["refused"] = std::move(bad);
  return {};
}

gate::Targets TargetsOf(Workspace& workspace, const NodeInputs& inputs) {
  gate::Targets targets;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const store::Table& table = inputs[i].table;
    targets[inputs[i].name] = {table.schema, TableSql(workspace.objects(), table)};
  }
  return targets;
}

gate::GateInput GateInputOf(Workspace& workspace, const store::Table& table, gate::Targets targets,
                            std::int64_t now_micros) {
  gate::GateInput input{table.schema,
                        TableSql(workspace.objects(), table),
                        PlacedTableSql(workspace.objects(), table),
                        {},
                        std::move(targets),
                        now_micros};
  for (const store::FileRef& file : table.files) input.files.push_back(file.sha256);
  return input;
}

const gate::SliceCounts& TotalOf(const std::vector<gate::SliceCounts>& counts) {
  return *std::find_if(counts.begin(), counts.end(),
                       [](const gate::SliceCounts& slice) { return slice.is_total; });
}

}  // namespace

Status DropTemporaries(engine::Engine& engine, const std::vector<std::string>& tables) {
  for (const std::string& table : tables) TRY(engine.Execute("DROP TABLE IF EXISTS " + table));
  return {};
}

Result<gate::Judgement> JudgeTable(Workspace& workspace, const contract::Gate& gate,
                                   const store::Table& input, gate::Targets targets,
                                   std::int64_t now_micros) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const gate::GateInput judged = GateInputOf(workspace, input, std::move(targets), now_micros);
  std::optional<SortedInput> sorted;
  const auto ordered = [&]() -> Result<gate::Ordered> {
    TRY_ASSIGN(SortedInput rows, SortInput(workspace, *engine, judged.table, input.schema, false));
    TRY_ASSIGN(engine::Engine * one_thread, workspace.OrderedEngine());
    sorted.emplace(std::move(rows));
    return gate::Ordered{one_thread, sorted->table()};
  };
  return gate::Judge(*engine, ordered, gate, judged);
}

Result<Executed> ExecuteGate(Workspace& workspace, const contract::Gate& gate,
                             const NodeInputs& inputs, std::int64_t now_micros) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const store::Table& input = inputs.at(0).table;
  TRY_ASSIGN(const gate::Judgement judgement,
             JudgeTable(workspace, gate, input, TargetsOf(workspace, inputs), now_micros));
  const gate::Verdict& verdict = judgement.verdict;

  Executed done;
  done.rows_in = input.rows;
  done.rows_refused = static_cast<std::uint64_t>(verdict.refused);
  done.output.verdict = VerdictJson(verdict);
  TRY_ASSIGN(done.output.outputs["refused"], NothingRefused(input.schema));
  TRY(KeepBadRows(workspace, *engine, gate, inputs.at(0), judgement, done));
  if (verdict.verdict != gate::VerdictKind::kFail) {
    store::Table passed = input;  // with nothing refused, what came in is what passed
    if (verdict.refused > 0) {
      TRY_ASSIGN(passed, WithoutRows(workspace, *engine, inputs.at(0).name, input,
                                     judgement.refused_query, gate.name));
    }
    done.rows_out = passed.rows;
    done.output.outputs[""] = std::move(passed);
  }
  TRY(DropTemporaries(*engine, judgement.temporaries));
  return done;
}

Result<Executed> ExecuteGatePart(Workspace& workspace, const contract::Gate& gate,
                                 const NodeInputs& inputs, std::int64_t now_micros) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const NodeInput& input = inputs.at(0);
  const gate::GateInput part =
      GateInputOf(workspace, input.table, TargetsOf(workspace, inputs), now_micros);
  TRY_ASSIGN(const gate::PartJudgement judged, gate::JudgePart(*engine, gate, part));
  const gate::SliceCounts& total = TotalOf(judged.counts);
  Executed done;
  done.rows_in = input.table.rows;
  done.rows_refused = static_cast<std::uint64_t>(total.refused);
  done.output.verdict = CountsJson(judged.counts);
  store::Table& refused = done.output.outputs["refused"];
  if (total.faulty > 0) {
    TRY_ASSIGN(refused, StoreBadRows(workspace, *engine, gate, input, judged.bad_query));
  } else {
    TRY_ASSIGN(refused, NothingRefused(input.table.schema));
  }
  store::Table& passed = done.output.outputs[""];
  passed = input.table;
  if (total.refused > 0) {
    TRY_ASSIGN(passed, WithoutRows(workspace, *engine, input.name, input.table,
                                   judged.refused_query, gate.name));
  }
  done.rows_out = passed.rows;
  TRY(DropTemporaries(*engine, judged.temporaries));
  return done;
}

Status JudgeUnited(Workspace& workspace, const contract::Gate& gate, const NodeInputs& inputs,
                   std::int64_t now_micros, const std::vector<Json>& part_verdicts,
                   Executed& done) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  std::vector<std::vector<gate::SliceCounts>> parts;
  for (const Json& verdict : part_verdicts) {
    TRY_ASSIGN(parts.emplace_back(), gate::ParseCounts(verdict));
  }
  const gate::GateInput passed =
      GateInputOf(workspace, done.output.outputs.at(""), TargetsOf(workspace, inputs), now_micros);
  TRY_ASSIGN(const gate::Verdict verdict, gate::JudgeParts(*engine, gate, passed, parts));
  done.output.verdict = VerdictJson(verdict);
  if (verdict.faulty > 0) {
    TRY(Quarantine(workspace, *engine, verdict, done.output.outputs.at("refused"), done));
  }
  if (verdict.verdict == gate::VerdictKind::kFail) {
    done.output.outputs.erase("");
    done.rows_out = 0;
  }
  return {};
}

}  // namespace assay::run
