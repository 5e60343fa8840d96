#include "base/letter_case.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

// The logical types of ODCS, each a family of ours.
bool IsOfLogicalType(const Type& type, const std::string& name) {
  using enum TypeKind;
  if (name == "string") return type.kind == kString;
  if (name == "number") return IsNumber(type);
  if (name == "integer") return IsInteger(type);
  if (name == "boolean") return type.kind == kBool;
  if (name == "date") return type.kind == kDate;
  if (name == "timestamp") return type.kind == kTimestamp || type.kind == kTimestampUtc;
  if (name == "time") return type.kind == kTime;
  if (name == "object") return type.kind == kStruct || type.kind == kMap;
  return name == "array" && type.kind == kList;
}

bool IsLogicalName(const std::string& name) {
  for (const char* each :
       {"string", "number", "integer", "boolean", "date", "timestamp", "time", "object", "array"}) {
    if (name == each) return true;
  }
  return false;
}

Status IsKnown(const Json& params) {
  const std::string is = Lower(params.at("is").get<std::string>());
  if (IsLogicalName(is)) return {};
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
  if (TypeText(field->type) != is && !IsOfLogicalType(field->type, is)) {
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
