#include "gate/gate.h"
#include "run/execute.h"

namespace assay::run {
namespace {

Json ReasonCounts(const gate::Verdict& verdict) {
  Json reasons = Json::object();
  for (const gate::CheckFinding& check : verdict.checks) {
    if (check.bad > 0) reasons[check.name] = check.bad;
  }
  return reasons;
}

// The refused rows where there are none, or where they are not kept: a table of no files.
Result<store::Table> NothingRefused(const Schema& schema) {
  store::Table table;
  table.schema = schema;
  table.schema.push_back({"_assay_file", {TypeKind::kString, 0, 0, {}}});
  table.schema.push_back({"_assay_row", {TypeKind::kInt64, 0, 0, {}}});
  const Type text{TypeKind::kString, 0, 0, {}};
  table.schema.push_back({"_assay_reasons", {TypeKind::kList, 0, 0, {Field{"", text}}}});
  TRY_ASSIGN(table.content_id, store::ContentId(table.schema, 0, std::string(32, '0')));
  return table;
}

}  // namespace

Result<Executed> ExecuteGate(Session& session, const contract::Gate& gate,
                             const InputTables& inputs) {
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const store::Table& input = inputs.at(0);
  gate::GateInput judged{input.schema, TableSql(session.objects(), input), {}};
  for (const store::FileRef& file : input.files) judged.files.push_back(file.sha256);
  TRY_ASSIGN(const gate::Judgement judgement, gate::Judge(*engine, gate, judged));
  const gate::Verdict& verdict = judgement.verdict;

  Executed done;
  done.rows_in = input.rows;
  done.rows_refused = static_cast<std::uint64_t>(verdict.refused);
  done.output.verdict = VerdictJson(verdict);
  const bool failed = verdict.verdict == gate::VerdictKind::kFail;
  const bool keeps_refused = gate.bad_rows == contract::BadRows::kQuarantine;
  if (verdict.refused > 0 && keeps_refused) {
    TRY_ASSIGN(store::Table refused, StoreTable(session, *engine, judgement.refused_query,
                                                gate.name + ".refused", Columns::kWithOurs));
    done.quarantine = store::QuarantineRow{};
    done.quarantine->gate = gate.name;
    done.quarantine->rows = refused.rows;
    done.quarantine->table = TableJson(refused);
    done.quarantine->reasons = ReasonCounts(verdict);
    done.output.outputs["refused"] = std::move(refused);
  } else {
    TRY_ASSIGN(done.output.outputs["refused"], NothingRefused(input.schema));
  }
  if (failed) return done;
  if (verdict.refused == 0) {
    done.output.outputs[""] = input;  // nothing to write: what came in is what passed
  } else {
    TRY_ASSIGN(done.output.outputs[""],
               StoreTable(session, *engine, judgement.passed_query, gate.name));
  }
  done.rows_out = done.output.outputs[""].rows;
  return done;
}

}  // namespace assay::run
