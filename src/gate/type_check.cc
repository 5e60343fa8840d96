#include <algorithm>

#include "base/letter_case.h"
#include "contract/odcs_type.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

Status IsKnown(const Json& params) {
  const std::string is = Lower(params.at("is").get<std::string>());
  if (std::ranges::find(contract::LogicalTypes(), is) != contract::LogicalTypes().end()) return {};
  if (ParseSchemaJson(Json::array({Json{{"name", "c"}, {"type", is}}})).ok()) return {};
  return Error{ErrorCode::kUser, "no such type: " + is,
               "types are int64, float64, string, bool, date, timestamp[us], decimal(10,2) and so "
               "on, or string, number, integer, boolean, date, timestamp, time, object, array"};
}

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  const std::string is = Lower(context.params.at("is").get<std::string>());
  CompiledCheck check;
  check.form = CheckForm::kSchema;
  check.column = field->name;
  check.expected = "of type " + is;
  if (!contract::IsOfType(field->type, is)) {
    check.finding = "is " + TypeText(field->type);
  }
  return check;
}

}  // namespace

CheckKind type_check() {
  using contract::ParamType;
  return {.info = {.name = "type",
                   .summary = "a column has this type",
                   .help = "`is` names a type of ours (`int64`, `timestamp[us]`) or a logical type "
                           "of ODCS (string, number, integer, boolean, date, timestamp, time, "
                           "object, array). Looks at the schema only; when it does not hold, the "
                           "gate fails.",
                   .params = {{.name = "column",
                               .type = ParamType::kColumn,
                               .summary = "the column",
                               .required = true},
                              {.name = "is",
                               .type = ParamType::kString,
                               .summary = "name of the type",
                               .required = true}},
                   .subject = "column",
                   .axis = contract::kIntegrity,
                   .over_parts = contract::OverParts::kCounts,
                   .check = IsKnown,
                   .example = "- {type: distance, is: integer}\n"},
          .compile = Compile};
}

}  // namespace assay::gate
