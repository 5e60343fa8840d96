#include <cstdlib>

#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

struct Side {
  const char* param;
  const char* bad;  // operator of a bad row
  const char* words;
};

constexpr Side kSides[] = {
    {"min", "<", "at least "},
    {"above", "<=", "above "},
    {"max", ">", "at most "},
    {"below", ">=", "below "},
};

// A range that no number lies in is a slip of the pen.
Status CheckNotEmpty(const Json& params, const Type& type) {
  const auto border = [&](const char* closed, const char* open) -> std::optional<long double> {
    const char* name = params.contains(closed) ? closed : open;
    if (!params.contains(name)) return std::nullopt;
    const Json& value = params[name];
    return std::strtold(value.get<std::string>().c_str(), nullptr);
  };
  const auto low = border("min", "above");
  const auto high = border("max", "below");
  if (IsNumber(type) && low && high && *low > *high) {
    return Error{ErrorCode::kUser, "no value lies in this range", "are its borders swapped?"};
  }
  return {};
}

Status HasBorder(const Json& params) {
  for (const Side& side : kSides) {
    if (params.contains(side.param)) return {};
  }
  return Error{ErrorCode::kUser, "a range check needs `min`, `max`, `above` or `below`", ""};
}

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "column"));
  CompiledCheck check;
  check.column = field->name;
  for (const Side& side : kSides) {
    if (!context.params.contains(side.param)) continue;
    const Json& value = context.params[side.param];
    if (!check.sql.empty()) {
      check.sql += " OR ";
      check.expected += " and ";
    }
    TRY_ASSIGN(const std::string literal, Literal(value, field->type));
    check.sql += engine::QuoteName(field->name) + " " + side.bad + " " + literal;
    check.expected += side.words + value.get<std::string>();
  }
  TRY(CheckNotEmpty(context.params, field->type));
  return check;
}

}  // namespace

CheckKind range_check() {
  using contract::ParamType;
  return {
      .info = {.name = "range",
               .summary = "values lie between borders",
               .help = "`min` and `max` belong to the range, `above` and `below` do not. Works "
                       "for numbers, text and times. Null is not looked at.",
               .params = {{.name = "column",
                           .type = ParamType::kColumn,
                           .summary = "the column",
                           .required = true},
                          {.name = "min", .type = ParamType::kScalar, .summary = "smallest value"},
                          {.name = "max", .type = ParamType::kScalar, .summary = "largest value"},
                          {.name = "above",
                           .type = ParamType::kScalar,
                           .summary = "every value is greater"},
                          {.name = "below",
                           .type = ParamType::kScalar,
                           .summary = "every value is smaller"}},
               .subject = "column",
               .axis = contract::kIntegrity,
               .over_parts = contract::OverParts::kCounts,
               .check = HasBorder,
               .example = "- {range: delay, min: -60, max: 600}\n"},
      .compile = Compile};
}

}  // namespace assay::gate
