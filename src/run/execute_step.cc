#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/sorted_input.h"
#include "run/table_sql.h"
#include "run/table_view.h"
#include "step/step.h"

namespace assay::run {
namespace {

// The inputs under their names while the step runs.
Status MakeViews(engine::Engine& engine, const std::vector<step::StepInput>& inputs) {
  for (const step::StepInput& input : inputs) {
    TRY(MakeView(engine, input.name,
                 "SELECT " + engine::NameList(FieldNames(input.schema)) + " FROM " + input.table));
  }
  return {};
}

void DropViews(engine::Engine& engine, const std::vector<step::StepInput>& inputs) {
  for (const step::StepInput& input : inputs) DropView(engine, input.name);
}

// One thread over sorted input, so that every machine gets the same rows.
Result<store::Table> StoreInOrder(Workspace& workspace, std::vector<step::StepInput> tables,
                                  const InputTables& inputs, const std::string& query,
                                  const std::string& step) {
  constexpr char kMade[] = "_assay_step";
  std::vector<SortedInput> sorted;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    TRY_ASSIGN(SortedInput input, SortInput(workspace, inputs[i]));
    tables[i].table = input.table();
    sorted.push_back(std::move(input));
  }
  TRY_ASSIGN(engine::Engine * ordered, workspace.OrderedEngine());
  auto table = [&]() -> Result<store::Table> {
    TRY(MakeViews(*ordered, tables));
    if (ordered->Parse(query, nullptr).ok()) return StoreTable(workspace, *ordered, query, step);
    // PIVOT without an IN list is several statements to the engine: it looks for the values first.
    TRY(ordered->Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kMade + " AS " + query));
    return StoreTable(workspace, *ordered, std::string("SELECT * FROM ") + kMade, step);
  }();
  (void)ordered->Execute(std::string("DROP TABLE IF EXISTS ") + kMade).ok();
  DropViews(*ordered, tables);
  if (!table.ok() && engine::IsOutOfMemory(table.error())) {
    table.error().hint = "give more memory with --memory; rows whose order matters may not spill";
  }
  return table;
}

// A kind that makes no rows and changes none.
Result<Executed> ExecuteDropping(Workspace& workspace, const step::StepKind& kind,
                                 const contract::Declared& step, const plan::Node& node,
                                 const store::Table& input) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const std::vector<step::StepInput> tables = {
      {node.inputs.at(0).name, input.schema, PlacedTableSql(workspace.objects(), input)}};
  TRY_ASSIGN(const std::string dropped, kind.dropped({step.params, tables}));
  Executed done;
  done.rows_in = input.rows;
  TRY_ASSIGN(store::Table rest, WithoutRows(workspace, *engine, input, dropped, step.name));
  done.rows_out = rest.rows;
  done.output.outputs[""] = std::move(rest);
  return done;
}

}  // namespace

Result<Executed> ExecuteStep(Workspace& workspace, const contract::Declared& step,
                             const plan::Node& node, const InputTables& inputs) {
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such step kind: " + step.kind, ""};
  }
  if (kind->dropped != nullptr) {
    return ExecuteDropping(workspace, *kind, step, node, inputs.at(0));
  }
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  Executed done;
  std::vector<step::StepInput> tables;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tables.push_back(
        {node.inputs[i].name, inputs[i].schema, TableSql(workspace.objects(), inputs[i])});
    done.rows_in += inputs[i].rows;
  }
  TRY_ASSIGN(const std::string query, kind->to_sql({step.params, tables}));

  auto stored = [&]() -> Result<store::Table> {
    TRY(MakeViews(*engine, tables));
    // Only SQL that a person wrote needs a look; the kinds' own SQL is free of order.
    std::string reason;
    if (step.params.contains("sql")) reason = engine->FindOrderDependence(query).reason;
    if (reason.empty()) return StoreTable(workspace, *engine, query, step.name);

    done.note = "one thread over sorted input, because of " + reason;
    return StoreInOrder(workspace, tables, inputs, query, step.name);
  }();
  DropViews(*engine, tables);
  if (!stored.ok()) return std::move(stored).error();
  done.rows_out = stored->rows;
  done.output.outputs[""] = std::move(stored).value();
  return done;
}

}  // namespace assay::run
