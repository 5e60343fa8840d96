#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/sorted_input.h"
#include "step/step.h"

namespace assay::run {
namespace {

using engine::NameList;
using engine::QuoteName;

// A view of the input's name while the step runs.
Status MakeView(engine::Engine& engine, const step::StepInput& input) {
  TRY(engine.Execute("CREATE OR REPLACE VIEW " + QuoteName(input.name) + " AS SELECT " +
                     NameList(FieldNames(input.schema)) + " FROM " + input.table));
  // `plausible.refused` may be written without quotes too; the engine then takes `plausible` for a
  // schema. Where it has a schema of that name itself, only the quoted form is there.
  const std::size_t dot = input.name.find('.');
  if (dot == std::string::npos) return {};
  const std::string schema = QuoteName(input.name.substr(0, dot));
  if (!engine.Execute("CREATE SCHEMA IF NOT EXISTS " + schema).ok()) return {};
  (void)engine
      .Execute("CREATE OR REPLACE VIEW " + schema + "." + QuoteName(input.name.substr(dot + 1)) +
               " AS SELECT * FROM " + QuoteName(input.name))
      .ok();
  return {};
}

void DropViews(engine::Engine& engine, const std::vector<step::StepInput>& inputs) {
  for (const step::StepInput& input : inputs) {
    const std::size_t dot = input.name.find('.');
    if (dot != std::string::npos) {
      (void)engine
          .Execute("DROP SCHEMA IF EXISTS " + QuoteName(input.name.substr(0, dot)) + " CASCADE")
          .ok();
    }
    (void)engine.Execute("DROP VIEW IF EXISTS " + QuoteName(input.name)).ok();
  }
}

// One thread over sorted input, so that every machine gets the same rows.
Result<store::Table> StoreInOrder(Session& session, std::vector<step::StepInput> tables,
                                  const InputTables& inputs, const std::string& query,
                                  const std::string& step) {
  constexpr char kMade[] = "_assay_step";
  std::vector<SortedInput> sorted;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    TRY_ASSIGN(SortedInput input, SortInput(session, inputs[i]));
    tables[i].table = input.table();
    sorted.push_back(std::move(input));
  }
  TRY_ASSIGN(engine::Engine * ordered, session.OrderedEngine());
  auto table = [&]() -> Result<store::Table> {
    for (const step::StepInput& input : tables) {
      TRY(MakeView(*ordered, input));
    }
    if (ordered->Parse(query, nullptr).ok()) return StoreTable(session, *ordered, query, step);
    // PIVOT without an IN list is several statements to the engine: it looks for the values first.
    TRY(ordered->Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kMade + " AS " + query));
    return StoreTable(session, *ordered, std::string("SELECT * FROM ") + kMade, step);
  }();
  (void)ordered->Execute(std::string("DROP TABLE IF EXISTS ") + kMade).ok();
  DropViews(*ordered, tables);
  if (!table.ok() && table.error().message.find("Out of Memory") != std::string::npos) {
    table.error().hint = "give more memory with --memory; rows whose order matters may not spill";
  }
  return table;
}

}  // namespace

Result<Executed> ExecuteStep(Session& session, const contract::Declared& step,
                             const plan::Node& node, const InputTables& inputs) {
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such step kind: " + step.kind, ""};
  }
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  Executed done;
  std::vector<step::StepInput> tables;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tables.push_back(
        {node.inputs[i].name, inputs[i].schema, TableSql(session.objects(), inputs[i])});
    done.rows_in += inputs[i].rows;
  }
  TRY_ASSIGN(const std::string query, kind->to_sql({step.params, tables}));

  auto stored = [&]() -> Result<store::Table> {
    for (const step::StepInput& input : tables) {
      TRY(MakeView(*engine, input));
    }
    // Only SQL that a person wrote needs a look; the kinds' own SQL is free of order.
    std::string reason;
    if (step.params.contains("sql")) reason = engine->FindOrderDependence(query).reason;
    if (reason.empty()) return StoreTable(session, *engine, query, step.name);

    done.note = "one thread over sorted input, because of " + reason;
    return StoreInOrder(session, tables, inputs, query, step.name);
  }();
  DropViews(*engine, tables);
  if (!stored.ok()) return std::move(stored).error();
  done.rows_out = stored->rows;
  done.output.outputs[""] = std::move(stored).value();
  return done;
}

}  // namespace assay::run
