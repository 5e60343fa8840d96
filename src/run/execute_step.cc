#include <algorithm>

#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/execute_program.h"
#include "run/ledger.h"
#include "run/refused_rows.h"
#include "run/row_origin.h"
#include "run/sorted_input.h"
#include "run/step_refusals.h"
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

// An input as SQL reads it, and the stored table that the places of its rows are in: its own, or,
// of a fused step, the one that this reads.
struct Opened {
  step::StepInput input;
  std::string name;                     // of the stored table
  const store::Table* table = nullptr;  // none where the fused step's rows cannot be traced
};

Result<std::vector<Opened>> OpenInputs(Workspace& workspace, engine::Engine& engine,
                                       const NodeInputs& inputs, InputViews& views);

std::vector<step::StepInput> InputsOf(const std::vector<Opened>& opened) {
  std::vector<step::StepInput> inputs;
  inputs.reserve(opened.size());
  for (const Opened& one : opened) inputs.push_back(one.input);
  return inputs;
}

std::vector<engine::TracedInput> TracedInputs(const std::vector<Opened>& opened) {
  std::vector<engine::TracedInput> inputs;
  for (const Opened& one : opened) {
    if (one.table == nullptr) continue;
    inputs.push_back({one.input.name, one.input.table, FieldNames(one.input.schema)});
  }
  return inputs;
}

const Opened& InputCalled(const std::vector<Opened>& opened, const std::string& name) {
  return *std::find_if(opened.begin(), opened.end(),
                       [&](const Opened& one) { return one.input.name == name; });
}

// The query of a fused step, with types as its written rows would have them. Its rows have the
// places of those that it reads.
Result<Opened> OpenFused(Workspace& workspace, engine::Engine& engine, const NodeInput& input,
                         InputViews& views) {
  const contract::Declared& step = input.fused->step;
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr || kind->select == nullptr) {
    return Error{ErrorCode::kInternal, "no step that can be fused: " + step.kind, ""};
  }
  TRY_ASSIGN(const auto before, OpenInputs(workspace, engine, input.fused->inputs, views));
  const std::vector<step::StepInput> inputs = InputsOf(before);
  TRY_ASSIGN(const std::string query, StepSql(*kind, {step.params, inputs}));
  TRY_ASSIGN(const engine::Trace trace,
             engine.TraceRows(query, TracedInputs(before)).While(step.name));
  TRY_ASSIGN(const std::string canonical, engine.Canonical(trace.query).While(step.name));
  TRY_ASSIGN(Schema schema, engine.Describe(canonical).While(step.name));
  const std::size_t ids = trace.sources.size() + trace.branch_columns.size();
  schema.resize(schema.size() - ids);
  TRY(CheckColumnNames(schema, step.name));
  if (trace.sources.size() != 1) {
    return Opened{{input.name, schema, "(" + canonical + "\n)"}, "", nullptr};
  }
  const std::string id = engine::QuoteName(trace.sources[0].column);
  const Opened& origin = InputCalled(before, trace.sources[0].input);
  return Opened{{input.name, schema,
                 "(SELECT " + engine::NameList(FieldNames(schema)) + ", " +
                     engine::PlaceOfIdSql(id) + " FROM (" + canonical + "\n))"},
                origin.name,
                origin.table};
}

Result<std::vector<Opened>> OpenInputs(Workspace& workspace, engine::Engine& engine,
                                       const NodeInputs& inputs, InputViews& views) {
  std::vector<Opened> opened;
  for (const NodeInput& input : inputs) {
    if (input.fused == nullptr) {
      opened.push_back(
          {{input.name, input.table.schema, PlacedTableSql(workspace.objects(), input.table)},
           input.name,
           &input.table});
    } else {
      TRY_ASSIGN(opened.emplace_back(), OpenFused(workspace, engine, input, views));
    }
    const step::StepInput& last = opened.back().input;
    TRY(views.Make(last.name, last.table, last.schema));
  }
  return opened;
}

std::string WhyUntraced(const engine::Trace& trace) {
  std::string why;
  for (const engine::Trace::Untraced& table : trace.untraced) {
    why += (why.empty() ? "" : ", ") + table.input + " is read " + table.why;
  }
  return why.empty() ? "it reads no table" : why;
}

// The query with ids behind its columns, where it can be traced.
Result<TracedRows> Traced(Workspace& workspace, engine::Engine& engine,
                          const std::vector<Opened>& inputs, const std::string& query,
                          const std::vector<std::string>& once) {
  TRY_ASSIGN(const engine::Trace trace, engine.TraceRows(query, TracedInputs(inputs)));
  auto lineage = std::make_shared<store::Lineage>();
  lineage->kind = engine::TraceKindName(trace.kind);
  for (const engine::Trace::Source& source : trace.sources) {
    const Opened& input = InputCalled(inputs, source.input);
    TRY_ASSIGN(const std::string table, PutTable(workspace.objects(), *input.table));
    lineage->ids.push_back({input.name, source.column, table, source.branch});
  }
  if (lineage->ids.empty()) {
    lineage->kind = engine::TraceKindName(engine::Trace::Kind::kNone);
    lineage->reason = trace.reason.empty() ? WhyUntraced(trace) : trace.reason;
  }
  const std::size_t ids = trace.sources.size() + trace.branch_columns.size();
  // Beside a table whose rows have no ids nobody can say which of the two is looked up in.
  const bool judged = trace.kind == engine::Trace::Kind::kJoin && trace.sources.size() > 1 &&
                      trace.untraced.empty();
  TracedRows rows{trace.query, ids, std::move(lineage), !judged || !once.empty()};
  rows.once = OnceIn(trace, once);
  return rows;
}

// How a step's rows are made.
struct Recipe {
  const step::StepKind& kind;
  const contract::Declared& step;
  std::string what;  // in errors

  Result<std::string> Sql(const std::vector<step::StepInput>& inputs) const {
    return StepSql(kind, {step.params, inputs});
  }
  std::vector<std::string> Once() const {
    return kind.once == nullptr ? std::vector<std::string>() : kind.once(step.params);
  }
  bool MayMultiply() const {
    return kind.once != nullptr || step.params.value("multiplies", false);
  }
};

// The rows that the step refuses, once its own are stored.
Status Refuse(Workspace& workspace, engine::Engine& engine, const Recipe& recipe,
              const NodeInput& input, const std::vector<step::StepInput>& inputs, Executed& done) {
  const step::StepKind& kind = recipe.kind;
  if (kind.info.refuses == nullptr || !kind.info.refuses(recipe.step.params)) return {};
  if (kind.row_for_row && input.fused == nullptr && done.rows_out == input.table.rows) {
    TRY_ASSIGN(done.output.outputs["refused"], NothingRefused(input.table.schema));
    return {};
  }
  TRY_ASSIGN(const std::string refusals, kind.refusals({recipe.step.params, inputs}));
  return TakeRefusals(workspace, engine, recipe.step, input, refusals, done);
}

// One thread over sorted input, so that every machine gets the same rows.
Result<store::Table> StoreInOrder(Workspace& workspace, engine::Engine& engine,
                                  std::vector<Opened> inputs, const Recipe& recipe) {
  constexpr char kMade[] = "_assay_step";
  std::vector<SortedInput> sorted;
  for (Opened& one : inputs) {
    TRY_ASSIGN(SortedInput rows, SortInput(workspace, engine, one.input.table, one.input.schema,
                                           one.table != nullptr));
    one.input.table = rows.table();
    sorted.push_back(std::move(rows));
  }
  TRY_ASSIGN(engine::Engine * ordered, workspace.OrderedEngine());
  InputViews views(*ordered);
  auto table = [&]() -> Result<store::Table> {
    for (const Opened& one : inputs) {
      TRY(views.Make(one.input.name, one.input.table, one.input.schema));
    }
    TRY_ASSIGN(const std::string query, recipe.Sql(InputsOf(inputs)));
    TRY_ASSIGN(TracedRows rows, Traced(workspace, *ordered, inputs, query, recipe.Once()));
    rows.may_multiply = rows.may_multiply || recipe.MayMultiply();
    if (!ordered->Parse(query, nullptr).ok()) {
      // PIVOT without an IN list is several statements to the engine: it looks for the values
      // first.
      TRY(ordered->Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kMade + " AS " + query));
      rows.query = std::string("SELECT * FROM ") + kMade;
    }
    return StoreTraced(workspace, *ordered, rows, recipe.what);
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
  TRY_ASSIGN(store::Table rest,
             WithoutRows(workspace, *engine, input.name, input.table, dropped, step.name));
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
                             const NodeInputs& inputs, bool with_ledger) {
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such step kind: " + step.kind, ""};
  }
  if (kind->program != nullptr) return ExecuteProgram(workspace, *kind, step, inputs);
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
  TRY_ASSIGN(const auto opened, OpenInputs(workspace, *engine, inputs, views));
  const Recipe recipe{*kind, step, step.name + (fused.empty() ? "" : ", fused with " + fused)};
  const std::vector<step::StepInput> step_inputs = InputsOf(opened);
  TRY_ASSIGN(const std::string query, recipe.Sql(step_inputs));
  std::string reason;
  if (!kind->order_free) reason = engine->FindOrderDependence(query).reason;
  auto stored = [&]() -> Result<store::Table> {
    if (!reason.empty()) return StoreInOrder(workspace, *engine, opened, recipe);
    TRY_ASSIGN(TracedRows rows,
               Traced(workspace, *engine, opened, query, recipe.Once()).While(recipe.what));
    rows.may_multiply = rows.may_multiply || recipe.MayMultiply();
    if (files >= engine::kManyFiles) {
      TRY_ASSIGN(const Schema schema, engine->Describe(rows.query));
      rows.query = engine::InSequence(rows.query, schema.size());
    }
    return StoreTraced(workspace, *engine, rows, recipe.what);
  }();
  if (!stored.ok()) return std::move(stored).error();
  if (!reason.empty()) {
    done.note +=
        (done.note.empty() ? "" : "; ") + ("one thread over sorted input, because of " + reason);
  }
  done.rows_out = stored->rows;
  done.output.outputs[""] = std::move(stored).value();
  TRY(Refuse(workspace, *engine, recipe, inputs.at(0), step_inputs, done));
  if (with_ledger && kind->ledger != nullptr) {
    TRY_ASSIGN(const std::string changes, kind->ledger({step.params, step_inputs}));
    TRY_ASSIGN(done.output.outputs["ledger"],
               StoreStepLedger(workspace, *engine, changes, step.name));
  }
  return done;
}

}  // namespace assay::run
