#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

Status CheckAge(const Json& params) {
  const auto age = ParseAge(params.at("at_most").get<std::string>());
  if (!age.ok()) {
    return Error{age.error().code, "at_most: " + age.error().message, age.error().hint};
  }
  return {};
}

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  const bool is_moment = field->type.kind == TypeKind::kDate ||
                         field->type.kind == TypeKind::kTimestamp ||
                         field->type.kind == TypeKind::kTimestampUtc;
  if (!is_moment) {
    return Error{
        ErrorCode::kUser,
        "an age is of dates and timestamps; `" + field->name + "` is " + TypeText(field->type),
        "cast it in a sql step before"};
  }
  AgeLimit age;
  age.at_most = context.params.at("at_most").get<std::string>();
  TRY_ASSIGN(age.at_most_micros, ParseAge(age.at_most));
  age.at_micros = context.now_micros;
  CompiledCheck check;
  check.form = CheckForm::kAge;
  check.column = field->name;
  check.expected = "newest at most " + age.at_most + " old";
  if (context.params.contains("at")) {
    const std::string at = context.params["at"].get<std::string>();
    age.at_micros = contract::TimeMicros(at);
    age.is_fixed = true;
    check.expected += " at " + at;
  }
  const std::string name = engine::QuoteName(field->name);
  // An endless date is no moment that a row is from.
  check.sql = "epoch_us(max(" + name + ") FILTER (WHERE isfinite(" + name + ")))";
  check.age = std::move(age);
  return check;
}

}  // namespace

CheckKind newest_check() {
  using contract::ParamType;
  return {
      .info =
          {.name = "newest",
           .summary = "the newest row is not too old",
           .help =
               "Looks at the latest moment in a column of dates or timestamps, over the rows "
               "that the gate's row checks let through; one without a zone is taken as UTC, a "
               "date as its midnight. The clock is no part of the gate's fingerprint: a kept "
               "result is judged again from the moment it holds, without reading rows, so a "
               "gate whose data became too old fails though nothing else changed. With `at` "
               "the judgement is of that moment for good. A moment that is still to come "
               "passes and is said. Nulls are not looked at; a column of nothing else fails. All "
               "rows are judged together, not by slice.",
           .params = {{.name = "column",
                       .type = ParamType::kColumn,
                       .summary = "the column",
                       .required = true},
                      {.name = "at_most",
                       .type = ParamType::kString,
                       .summary = "the age, in minutes, hours or days: `30 days`",
                       .required = true},
                      {.name = "at",
                       .type = ParamType::kTime,
                       .summary = "judged as of this moment, in UTC; now unless said"}},
           .subject = "column",
           .axis = contract::kRelevance,
           .over_parts = contract::OverParts::kNumber,
           .check = CheckAge,
           .example = "- {newest: date, at_most: 30 days}\n"},
      .compile = Compile};
}

}  // namespace assay::gate
