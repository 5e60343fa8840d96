#include "prepare/transform.h"

namespace assay::prepare {
namespace {

class MinMaxScale : public Fitted {
 public:
  MinMaxScale(const TransformContext& context, double low, double high)
      : type_(context.type), low_(low), width_(high == low ? 1 : high - low) {
    outputs_ = {{OutputName(context), {TypeKind::kFloat64, 0, 0, {}}}};
  }

  std::vector<std::string> Sql(const std::string& x) const override {
    return {"(" + NumberSql(x, type_) + " - " + DoubleSql(low_) + ") / " + DoubleSql(width_)};
  }

  void Apply(const Cell& x, Cell* outputs) const override {
    double number = 0;
    outputs[0] = NumberOf(x, type_, number) ? Cell((number - low_) / width_) : Cell();
  }

 private:
  Type type_;
  double low_, width_;
};

Result<Needs> WhatItNeeds(const TransformContext& context) {
  TRY(NeedsNumber(context));
  return Needs{.moments = true, .values = false, .shares = {}};
}

Result<Json> Learn(const TransformContext&, const Statistics& statistics) {
  return Json{{"low", DoubleText(statistics.low)}, {"high", DoubleText(statistics.high)}};
}

Result<std::unique_ptr<Fitted>> Make(const TransformContext& context, const Json& state) {
  TRY_ASSIGN(const double low, StateNumber(state, "low"));
  TRY_ASSIGN(const double high, StateNumber(state, "high"));
  return std::unique_ptr<Fitted>(std::make_unique<MinMaxScale>(context, low, high));
}

}  // namespace

TransformKind min_max_scale_transform() {
  return {.info = {.name = "min_max_scale",
                   .summary = "bring the training split's range to 0 ... 1",
                   .help = "Smallest and greatest value are those of the training split; later "
                           "values may lie outside 0 ... 1. A constant column becomes 0. Missing "
                           "stays null.",
                   .params = {ColumnParam(), AsParam()},
                   .subject = "column",
                   .example = "- {min_max_scale: distance}\n"},
          .needs = WhatItNeeds,
          .learn = Learn,
          .make = Make};
}

}  // namespace assay::prepare
