#include "prepare/transform.h"

namespace assay::prepare {
namespace {

class StandardScale : public Fitted {
 public:
  StandardScale(const TransformContext& context, double mean, double deviation)
      : type_(context.type), mean_(mean), scale_(deviation == 0 ? 1 : deviation) {
    outputs_ = {{OutputName(context), {TypeKind::kFloat64, 0, 0, {}}}};
  }

  std::vector<std::string> Sql(const std::string& x) const override {
    return {"(" + NumberSql(x, type_) + " - " + DoubleSql(mean_) + ") / " + DoubleSql(scale_)};
  }

  void Apply(const Cell& x, Cell* outputs) const override {
    double number = 0;
    outputs[0] = NumberOf(x, type_, number) ? Cell((number - mean_) / scale_) : Cell();
  }

 private:
  Type type_;
  double mean_, scale_;
};

Result<Needs> WhatItNeeds(const TransformContext& context) {
  TRY(NeedsNumber(context));
  return Needs{.moments = true, .values = false, .shares = {}};
}

Result<Json> Learn(const TransformContext&, const Statistics& statistics) {
  return Json{{"mean", DoubleText(statistics.mean)},
              {"deviation", DoubleText(statistics.deviation)}};
}

Result<std::unique_ptr<Fitted>> Make(const TransformContext& context, const Json& state) {
  TRY_ASSIGN(const double mean, StateNumber(state, "mean"));
  TRY_ASSIGN(const double deviation, StateNumber(state, "deviation"));
  return std::unique_ptr<Fitted>(std::make_unique<StandardScale>(context, mean, deviation));
}

}  // namespace

TransformKind standard_scale_transform() {
  return {.info = {.name = "standard_scale",
                   .summary = "subtract the mean, divide by the standard deviation",
                   .help = "Mean and population standard deviation are those of the training "
                           "split, without missing values. A constant column becomes 0. Missing "
                           "stays null.",
                   .params = {ColumnParam(), AsParam()},
                   .subject = "column",
                   .example = "- {standard_scale: distance}\n"},
          .needs = WhatItNeeds,
          .learn = Learn,
          .make = Make};
}

}  // namespace assay::prepare
