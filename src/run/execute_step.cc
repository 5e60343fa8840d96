#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/sorted_input.h"
#include "run/table_sql.h"
#include "run/table_view.h"
#include "step/step.h"

namespace assay::run {
namespace {

// The inputs of a step as views of their names, while the step runs. What a fused step reads has
// views, too.
class InputViews {
 public:
  explicit InputViews(engine::Engine& engine) : engine_(engine) {}
  InputViews(const InputViews&) = delete;
  InputViews& operator=(const InputViews&) = delete;
  ~InputViews() {
    // A view that others read goes after them.
    for (auto name = names_.rbegin(); name != names_.rend(); ++name) DropView(engine_, *name);
  }

  Status Make(const std::string& name, const std::string& from, const Schema& schema) {
    names_.push_back(name);
    return MakeView(engine_, name,
                    "SELECT " + engine::NameList(FieldNames(schema)) + " FROM " + from);
  }

 private:
  engine::Engine& engine_;
  std::vector<std::string> names_;
};

Result<std::vector<step::StepInput>> OpenInputs(Workspace& workspace, engine::Engine& engine,
                                                const NodeInputs& inputs, InputViews& views);

// The query of a fused step, with types as its written rows would have them.
Result<step::StepInput> OpenFused(Workspace& workspace, engine::Engine& engine,
                                  const NodeInput& input, InputViews& views) {
  const contract::Declared& step = input.fused->step;
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr || kind->to_sql == nullptr) {
    return Error{ErrorCode::kInternal, "no step that can be fused: " + step.kind, ""};
  }
  TRY_ASSIGN(const auto inputs, OpenInputs(workspace, engine, input.fused->inputs, views));
  TRY_ASSIGN(const std::string query, kind->to_sql({step.params, inputs}));
  TRY_ASSIGN(const std::string canonical, engine.Canonical(query).While(step.name));
  TRY_ASSIGN(const Schema schema, engine.Describe(canonical).While(step.name));
  TRY(CheckColumnNames(schema, step.name));
  return step::StepInput{input.name, schema, "(" + canonical + "\n)"};
}

Result<std::vector<step::StepInput>> OpenInputs(Workspace& workspace, engine::Engine& engine,
                                                const NodeInputs& inputs, InputViews& views) {
  std::vector<step::StepInput> opened;
  for (const NodeInput& input : inputs) {
    if (input.fused == nullptr) {
      opened.push_back(
          {input.name, input.table.schema, TableSql(workspace.objects(), input.table)});
    } else {
      TRY_ASSIGN(opened.emplace_back(), OpenFused(workspace, engine, input, views));
    }
    TRY(views.Make(input.name, opened.back().table, opened.back().schema));
  }
  return opened;
}

// One thread over sorted input, so that every machine gets the same rows.
Result<store::Table> StoreInOrder(Workspace& workspace, engine::Engine& engine,
                                  const std::vector<step::StepInput>& inputs,
                                  const std::string& query, const std::string& step) {
  constexpr char kMade[] = "_assay_step";
  std::vector<SortedInput> sorted;
  for (const step::StepInput& input : inputs) {
    TRY_ASSIGN(SortedInput rows, SortInput(workspace, engine, input.table, input.schema));
    sorted.push_back(std::move(rows));
  }
  TRY_ASSIGN(engine::Engine * ordered, workspace.OrderedEngine());
  InputViews views(*ordered);
  auto table = [&]() -> Result<store::Table> {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      TRY(views.Make(inputs[i].name, sorted[i].table(), inputs[i].schema));
    }
    if (ordered->Parse(query, nullptr).ok()) return StoreTable(workspace, *ordered, query, step);
    // PIVOT without an IN list is several statements to the engine: it looks for the values first.
    TRY(ordered->Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kMade + " AS " + query));
    return StoreTable(workspace, *ordered, std::string("SELECT * FROM ") + kMade, step);
  }();
  (void)ordered->Execute(std::string("DROP TABLE IF EXISTS ") + kMade).ok();
  if (!table.ok() && engine::IsOutOfMemory(table.error())) {
    table.error().hint = "give more memory with --memory; rows whose order matters may not spill";
  }
  return table;
}

// A kind that makes no rows and changes none.
Result<Executed> ExecuteDropping(Workspace& workspace, const step::StepKind& kind,
                                 const contract::Declared& step, const NodeInput& input) {
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const std::vector<step::StepInput> inputs = {
      {input.name, input.table.schema, PlacedTableSql(workspace.objects(), input.table)}};
  TRY_ASSIGN(const std::string dropped, kind.dropped({step.params, inputs}));
  Executed done;
  done.rows_in = input.table.rows;
  TRY_ASSIGN(store::Table rest, WithoutRows(workspace, *engine, input.table, dropped, step.name));
  done.rows_out = rest.rows;
  done.output.outputs[""] = std::move(rest);
  return done;
}

std::string FusedNames(const NodeInputs& inputs) {
  std::string names;
  for (const NodeInput& input : inputs) {
    if (input.fused == nullptr) continue;
    const std::string before = FusedNames(input.fused->inputs);
    names += (names.empty() ? "" : ", ") + (before.empty() ? "" : before + ", ") + input.name;
  }
  return names;
}

}  // namespace

std::vector<const store::Table*> StoredTables(const NodeInputs& inputs) {
  std::vector<const store::Table*> tables;
  for (const NodeInput& input : inputs) {
    if (input.fused == nullptr) {
      tables.push_back(&input.table);
      continue;
    }
    for (const store::Table* table : StoredTables(input.fused->inputs)) tables.push_back(table);
  }
  return tables;
}

Result<Executed> ExecuteStep(Workspace& workspace, const contract::Declared& step,
                             const NodeInputs& inputs) {
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such step kind: " + step.kind, ""};
  }
  if (kind->dropped != nullptr) return ExecuteDropping(workspace, *kind, step, inputs.at(0));
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  Executed done;
  std::size_t files = 0;
  for (const store::Table* table : StoredTables(inputs)) {
    done.rows_in += table->rows;
    files += table->files.size();
  }
  const std::string fused = FusedNames(inputs);
  if (!fused.empty()) done.note = "fused with " + fused;
  InputViews views(*engine);
  TRY_ASSIGN(const auto tables, OpenInputs(workspace, *engine, inputs, views));
  TRY_ASSIGN(const std::string query, kind->to_sql({step.params, tables}));
  // Only SQL that a person wrote needs a look; the kinds' own SQL is free of order.
  std::string reason;
  if (step.params.contains("sql")) reason = engine->FindOrderDependence(query).reason;
  const std::string what = step.name + (fused.empty() ? "" : ", fused with " + fused);
  auto stored = [&]() -> Result<store::Table> {
    if (!reason.empty()) return StoreInOrder(workspace, *engine, tables, query, what);
    if (files < engine::kManyFiles) return StoreTable(workspace, *engine, query, what);
    TRY_ASSIGN(const Schema schema, engine->Describe(query));
    return StoreTable(workspace, *engine, engine::InSequence(query, schema.size()), what);
  }();
  if (!stored.ok()) return std::move(stored).error();
  if (!reason.empty()) {
    done.note +=
        (done.note.empty() ? "" : "; ") + ("one thread over sorted input, because of " + reason);
  }
  done.rows_out = stored->rows;
  done.output.outputs[""] = std::move(stored).value();
  return done;
}

}  // namespace assay::run
