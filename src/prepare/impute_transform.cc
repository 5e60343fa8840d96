#include <algorithm>
#include <cmath>

#include "prepare/transform.h"

namespace assay::prepare {
namespace {

// A mean or median is no value of the column's own type.
bool MakesReal(const Json& params) {
  return params["with"] == "mean" || params["with"] == "median";
}

class Impute : public Fitted {
 public:
  Impute(const TransformContext& context, Cell value)
      : type_(context.type), as_real_(MakesReal(context.params)), value_(std::move(value)) {
    outputs_ = {{OutputName(context), as_real_ ? Type{TypeKind::kFloat64, 0, 0, {}} : type_}};
  }

  std::vector<std::string> Sql(const std::string& x) const override {
    const std::string known = as_real_         ? NumberSql(x, type_)
                              : IsFloat(type_) ? "CASE WHEN NOT isnan(" + x + ") THEN " + x + " END"
                                               : x;
    return {"coalesce(" + known + ", " + CellSql(value_, outputs_[0].type) + ")"};
  }

  void Apply(const Cell& x, Cell* outputs) const override {
    if (as_real_) {
      double number = 0;
      outputs[0] = NumberOf(x, type_, number) ? Cell(number) : value_;
      return;
    }
    const double* real = std::get_if<double>(&x);
    const bool missing = IsNull(x) || (real != nullptr && std::isnan(*real));
    outputs[0] = missing ? value_ : x;
  }

 private:
  Type type_;
  bool as_real_;
  Cell value_;
};

// A value as a person writes it, or as a state keeps it, as a cell of the column's type.
Result<Cell> ValueOf(const std::string& text, const Field& field) {
  Json json = text;
  if (field.type.kind == TypeKind::kBool) {
    if (text == "true" || text == "false") json = text == "true";
  } else if (IsInteger(field.type) || IsFloat(field.type)) {
    const Json parsed = Json::parse(text, nullptr, false);
    if (parsed.is_number()) json = parsed;
  }
  return ReadCell(json, field);
}

Type FilledType(const TransformContext& context) {
  return MakesReal(context.params) ? Type{TypeKind::kFloat64, 0, 0, {}} : context.type;
}

Status HasOneValue(const Json& params) {
  const bool has_value = params.contains("value"), is_constant = params["with"] == "constant";
  if (has_value == is_constant) return {};
  return Error{ErrorCode::kUser,
               is_constant
                   ? "`with: constant` needs a `value`"
                   : "`value` has no effect with `with: " + params["with"].get<std::string>() + "`",
               is_constant ? "write {impute: COLUMN, with: constant, value: …}"
                           : "write `with: constant`, or remove `value`"};
}

Result<Needs> WhatItNeeds(const TransformContext& context) {
  Needs needs;
  const std::string with = context.params["with"];
  if (with == "constant") {
    const Field field{context.column, context.type};
    TRY(ValueOf(context.params["value"], field).ok()
            ? Status()
            : Status(Error{ErrorCode::kUser,
                           "`value` is no " + TypeText(context.type) + ": " +
                               context.params["value"].get<std::string>(),
                           ""}));
    return needs;
  }
  if (MakesReal(context.params)) TRY(NeedsNumber(context));
  needs.moments = with == "mean";
  needs.values = with == "most_frequent";
  if (with == "median") needs.shares = {0.5};
  return needs;
}

Result<Json> Learn(const TransformContext& context, const Statistics& statistics) {
  const std::string with = context.params["with"];
  if (with == "mean") return Json{{"value", DoubleText(statistics.mean)}};
  if (with == "median") return Json{{"value", DoubleText(statistics.quantiles.at(0))}};
  // Of equally frequent values the first.
  const auto most =
      std::max_element(statistics.values.begin(), statistics.values.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return Json{{"value", most->first}};
}

Result<std::unique_ptr<Fitted>> Make(const TransformContext& context, const Json& state) {
  const bool declared = context.params["with"] == "constant";
  const Json& source = declared ? context.params : state;
  const auto found = source.find("value");
  if (found == source.end() || !found->is_string()) {
    return Error{ErrorCode::kData, "the state of an `impute` has no value", ""};
  }
  Cell value;
  if (MakesReal(context.params)) {
    TRY_ASSIGN(const double number, StateNumber(state, "value"));
    value = number;
  } else {
    TRY_ASSIGN(value, ValueOf(found->get<std::string>(), Field{context.column, context.type}));
  }
  return std::unique_ptr<Fitted>(std::make_unique<Impute>(context, std::move(value)));
}

}  // namespace

TransformKind impute_transform() {
  using contract::ParamType;
  return {
      .info = {.name = "impute",
               .summary = "put a value where one is missing",
               .help = "Missing are null and NaN. `mean` and `median` are for numbers and make "
                       "floating-point numbers; `most_frequent` (the smallest of equally frequent "
                       "ones) and `constant` keep the type. All but `constant` are learnt from "
                       "the training split.",
               .params = {ColumnParam(),
                          {.name = "with",
                           .type = ParamType::kChoice,
                           .summary = "what to put there",
                           .required = true,
                           .choices = {"mean", "median", "most_frequent", "constant"}},
                          {.name = "value", .type = ParamType::kScalar, .summary = "the constant"},
                          AsParam()},
               .subject = "column",
               .check = HasOneValue,
               .example = "- {impute: distance, with: median}\n"
                          "- {impute: origin_state, with: constant, value: \"?\"}\n"},
      .needs = WhatItNeeds,
      .learn = Learn,
      .make = Make,
      .filled_type = FilledType};
}

}  // namespace assay::prepare
