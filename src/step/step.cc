#include "step/step.h"

#include <algorithm>

#include "base/letter_case.h"
#include "base/nearest.h"
#include "engine/sql_text.h"

namespace assay::step {

const std::vector<StepKind>& AllSteps() {
  static const std::vector<StepKind> kKinds = {
#include "step/all_steps.inc"
  };
  return kKinds;
}

const StepKind* FindStep(const std::string& name) {
  for (const StepKind& kind : AllSteps()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

Result<std::string> TextOf(const StepKind& kind, const Json& params) {
  if (kind.select == nullptr) return std::string();
  return kind.select(params);
}

Result<std::string> StepSql(const StepKind& kind, const StepContext& context) {
  if (kind.check != nullptr) TRY(kind.check(context));
  return kind.select != nullptr ? kind.select(context.params) : kind.to_sql(context);
}

const StepInput& InputOf(const StepContext& context, const std::string& param) {
  const std::string name = context.params.at(param).get<std::string>();
  return *std::find_if(context.inputs.begin(), context.inputs.end(),
                       [&](const StepInput& input) { return input.name == name; });
}

Result<Field> ColumnOf(const StepInput& input, const std::string& column) {
  // As SQL does, case is not looked at.
  for (const Field& field : input.schema) {
    if (Lower(field.name) == Lower(column)) return field;
  }
  const std::vector<std::string> known = FieldNames(input.schema);
  const std::string nearest = NearestName(column, known);
  std::string all;
  for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
  return Error{ErrorCode::kUser, "`" + input.name + "` has no column: " + column,
               nearest.empty() ? "its columns are " + all : "did you mean " + nearest + "?"};
}

Status CheckColumns(const StepInput& input, const std::vector<std::string>& columns) {
  for (const std::string& column : columns) TRY(ColumnOf(input, column));
  return {};
}

std::string TotalOrder(const StepInput& input, const std::vector<std::string>& first,
                       bool descending) {
  std::string order;
  const auto add = [&](const std::string& name, const char* way) {
    order += (order.empty() ? "" : ", ") + engine::QuoteName(name) + way + " NULLS LAST";
  };
  for (const std::string& column : first) add(column, descending ? " DESC" : "");
  for (const Field& field : input.schema) {
    const bool named = std::any_of(first.begin(), first.end(), [&](const std::string& column) {
      return Lower(column) == Lower(field.name);
    });
    if (!named) add(field.name, "");
  }
  return order;
}

}  // namespace assay::step
