#include "run/column_follower.h"

#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/ledger.h"
#include "run/refused_rows.h"
#include "run/table_view.h"
#include "step/step.h"

namespace assay::run {
namespace {

// A table expression of no rows with these columns, and behind them where rows would stand.
std::string NoRows(const Schema& schema, bool placed) {
  std::string columns;
  for (const Field& field : schema) {
    columns += (columns.empty() ? "NULL::" : ", NULL::") + engine::TypeSql(field.type) + " AS " +
               engine::QuoteName(field.name);
  }
  if (placed) columns += ", 0::UBIGINT AS file_index, 0::BIGINT AS file_row_number";
  return "(SELECT " + columns + " LIMIT 0)";
}

// Empty tables of the inputs' names, while a step is looked at.
class EmptyInputs {
 public:
  explicit EmptyInputs(engine::Engine& engine) : engine_(engine) {}
  EmptyInputs(const EmptyInputs&) = delete;
  EmptyInputs& operator=(const EmptyInputs&) = delete;
  ~EmptyInputs() {
    for (const step::StepInput& input : inputs_) DropView(engine_, input.name);
  }

  Status Add(const std::string& name, const Schema& schema) {
    inputs_.push_back({name, schema, NoRows(schema, true)});
    return MakeView(engine_, name, "SELECT * FROM " + NoRows(schema, false));
  }
  const std::vector<step::StepInput>& inputs() const { return inputs_; }

 private:
  engine::Engine& engine_;
  std::vector<step::StepInput> inputs_;
};

}  // namespace

void ColumnFollower::Take(plan::NodeId id, const std::string& output, const Schema& schema) {
  outputs_[id][output] = schema;
}

const Schema* ColumnFollower::Known(const plan::Input& input) const {
  const auto found = outputs_[input.node].find(input.output);
  return found == outputs_[input.node].end() ? nullptr : &found->second;
}

Result<std::optional<Schema>> ColumnFollower::ColumnsOfStep(const plan::Node& node) {
  const contract::Declared& step = project_.steps[node.declared];
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr) return std::optional<Schema>();
  EmptyInputs empty(engine_);
  for (const plan::Input& input : node.inputs) {
    const Schema* schema = Known(input);
    if (schema == nullptr || schema->empty()) return std::optional<Schema>();
    TRY(empty.Add(input.name, *schema));
  }
  const step::StepContext context{step.params, empty.inputs()};
  if (kind->dropped != nullptr) {
    TRY_ASSIGN(const std::string dropped, kind->dropped(context));
    TRY(engine_.Describe(dropped));
    return std::optional(context.inputs.at(0).schema);
  }
  if (kind->select == nullptr && kind->to_sql == nullptr) return std::optional<Schema>();
  TRY_ASSIGN(const std::string query, StepSql(*kind, context));
  if (node.refuses) {
    TRY_ASSIGN(const std::string refusals, kind->refusals(context));
    TRY(engine_.Describe(refusals));
  }
  // What only the engine's own many statements run (PIVOT without IN) has columns of its values.
  if (!engine_.Parse(query, nullptr).ok()) return std::optional<Schema>();
  TRY_ASSIGN(const std::string canonical, engine_.Canonical(query));
  TRY_ASSIGN(Schema schema, engine_.Describe(canonical));
  TRY(CheckColumnNames(schema, step.name));
  return std::optional(std::move(schema));
}

Status ColumnFollower::Follow(plan::NodeId id) {
  const plan::Node& node = graph_.nodes[id];
  if (node.type == plan::NodeType::kGate) {
    const Schema* schema = Known(node.inputs.at(0));
    if (schema == nullptr) return {};
    outputs_[id][""] = *schema;
    outputs_[id]["refused"] = WithRefusalColumns(*schema);
  }
  if (node.type != plan::NodeType::kStep) return {};
  TRY_ASSIGN(std::optional<Schema> columns, ColumnsOfStep(node));
  if (!columns) return {};
  outputs_[id][""] = *std::move(columns);
  if (node.writes_ledger) outputs_[id]["ledger"] = StepLedgerSchema();
  const Schema* first = node.inputs.empty() ? nullptr : Known(node.inputs.at(0));
  if (node.refuses && first != nullptr) outputs_[id]["refused"] = WithRefusalColumns(*first);
  return {};
}

}  // namespace assay::run
