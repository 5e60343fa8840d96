#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "step/split.h"

namespace assay::step {
namespace {

Status Check(const Json& params) {
  if (!params.contains("validation_from")) return {};
  const auto border = [&](const char* name) { return params.at(name).get<std::string>(); };
  if (contract::CompareTimes(border("test_from"), border("validation_from")) >= 0) return {};
  return Error{ErrorCode::kUser, "`test_from` lies before `validation_from`",
               "train ends at validation_from, validation ends at test_from"};
}

Result<SplitSql> ToSql(const Json& params, const Schema& schema) {
  const std::string column = params.at("time").get<std::string>();
  const Field* field = FindField(schema, column);
  if (field == nullptr) {
    return Error{ErrorCode::kUser, "no such column to split by: " + column, ""};
  }
  const TypeKind kind = field->type.kind;
  if (kind != TypeKind::kTimestamp && kind != TypeKind::kTimestampUtc && kind != TypeKind::kDate) {
    return Error{
        ErrorCode::kUser,
        "a time split needs a date or timestamp; `" + column + "` is " + TypeText(field->type),
        "cast it in a sql step"};
  }
  const std::string name = engine::QuoteName(column);
  // A day is compared as the moment at which it begins, so a border within a day keeps its hours.
  const std::string moment = kind == TypeKind::kDate ? name + "::TIMESTAMP" : name;
  const Type border_type =
      kind == TypeKind::kDate ? Type{TypeKind::kTimestamp, 0, 0, {}} : field->type;
  const auto before = [&](const char* border) {
    return moment + " < CAST(" + engine::QuoteText(params.at(border).get<std::string>()) + " AS " +
           engine::TypeSql(border_type) + ")";
  };
  SplitSql split;
  split.columns = {column};
  std::string cases = " WHEN " +
                      before(params.contains("validation_from") ? "validation_from" : "test_from") +
                      " THEN 'train'";
  split.names = {"train"};
  if (params.contains("validation_from")) {
    cases += " WHEN " + before("test_from") + " THEN 'validation'";
    split.names.emplace_back("validation");
  }
  split.names.emplace_back("test");
  split.expression = "CASE WHEN " + name + " IS NULL THEN NULL" + cases + " ELSE 'test' END";
  return split;
}

}  // namespace

SplitKind time_split() {
  using contract::ParamType;
  return {
      .info = {.name = "time",
               .summary = "train before validation before test, by a time column",
               .help = "Half-open: a row belongs to `train` before `validation_from`, to "
                       "`validation` before `test_from`, else to `test`. Without "
                       "`validation_from` there are two splits. Borders without a zone are UTC.",
               .version = 1,
               .params = {{.name = "time",
                           .type = ParamType::kColumn,
                           .summary = "date or timestamp column",
                           .required = true},
                          {.name = "validation_from",
                           .type = ParamType::kTime,
                           .summary = "first moment of the validation split"},
                          {.name = "test_from",
                           .type = ParamType::kTime,
                           .summary = "first moment of the test split",
                           .required = true}},
               .check = Check,
               .example =
                   "split: {time: date, validation_from: 2001-05-01, test_from: 2001-06-01}\n"},
      .to_sql = ToSql};
}

}  // namespace assay::step
