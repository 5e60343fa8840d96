#include "engine/sql_text.h"
#include "run/execute.h"
#include "step/step.h"

namespace assay::run {
namespace {

using engine::NameList;
using engine::QuoteName;

// A relation of the input's name while the step runs: a view, or a table in canonical order for a
// query whose answer depends on the order of rows.
enum class Relation { kView, kOrderedTable };

Status MakeRelation(engine::Engine& engine, const step::StepInput& input, Relation relation) {
  const bool view = relation == Relation::kView;
  const std::string create = std::string("CREATE OR REPLACE ") + (view ? "VIEW " : "TABLE ");
  TRY(engine.Execute(create + QuoteName(input.name) + " AS SELECT " +
                     NameList(FieldNames(input.schema)) + " FROM " + input.table +
                     (view ? "" : " ORDER BY ALL NULLS LAST")));
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

void DropRelations(engine::Engine& engine, const std::vector<step::StepInput>& inputs,
                   Relation relation) {
  const std::string drop =
      relation == Relation::kView ? "DROP VIEW IF EXISTS " : "DROP TABLE IF EXISTS ";
  for (const step::StepInput& input : inputs) {
    const std::size_t dot = input.name.find('.');
    if (dot != std::string::npos) {
      (void)engine
          .Execute("DROP SCHEMA IF EXISTS " + QuoteName(input.name.substr(0, dot)) + " CASCADE")
          .ok();
    }
    (void)engine.Execute(drop + QuoteName(input.name)).ok();
  }
}

// One thread over sorted input, so that every machine gets the same rows.
Result<store::Table> StoreInOrder(Session& session, const std::vector<step::StepInput>& tables,
                                  const std::string& query, const std::string& step) {
  constexpr char kMade[] = "_assay_step";
  TRY_ASSIGN(engine::Engine * ordered, session.OrderedEngine());
  auto table = [&]() -> Result<store::Table> {
    for (const step::StepInput& input : tables) {
      TRY(MakeRelation(*ordered, input, Relation::kOrderedTable));
    }
    if (ordered->Parse(query, nullptr).ok()) return StoreTable(session, *ordered, query, step);
    // PIVOT without an IN list is several statements to the engine: it looks for the values first.
    TRY(ordered->Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kMade + " AS " + query));
    return StoreTable(session, *ordered, std::string("SELECT * FROM ") + kMade, step);
  }();
  (void)ordered->Execute(std::string("DROP TABLE IF EXISTS ") + kMade).ok();
  DropRelations(*ordered, tables, Relation::kOrderedTable);
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
      TRY(MakeRelation(*engine, input, Relation::kView));
    }
    // Only SQL that a person wrote needs a look; the kinds' own SQL is free of order.
    std::string reason;
    if (step.params.contains("sql")) reason = engine->FindOrderDependence(query).reason;
    if (reason.empty()) return StoreTable(session, *engine, query, step.name);

    done.note = "one thread over sorted input, because of " + reason;
    return StoreInOrder(session, tables, query, step.name);
  }();
  DropRelations(*engine, tables, Relation::kView);
  if (!stored.ok()) return std::move(stored).error();
  done.rows_out = stored->rows;
  done.output.outputs[""] = std::move(stored).value();
  return done;
}

}  // namespace assay::run
