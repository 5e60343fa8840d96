#include "prepare/category.h"

namespace assay::prepare {
namespace {

class Ordinal : public Fitted {
 public:
  Ordinal(const TransformContext& context, Categories categories)
      : categories_(std::move(categories)) {
    outputs_ = {{OutputName(context), {TypeKind::kInt32, 0, 0, {}}}};
  }

  std::vector<std::string> Sql(const std::string& x) const override {
    return {"CASE WHEN " + x + " IS NOT NULL THEN CAST(" + categories_.PlaceSql(x) +
            " - 1 AS INTEGER) END"};
  }

  void Apply(const Cell& x, Cell* outputs) const override {
    outputs[0] = IsNull(x) ? Cell() : Cell(categories_.Find(x));
  }

  std::vector<Cell> Borders() const override { return categories_.Strangers(); }

 private:
  Categories categories_;
};

Result<Needs> WhatItNeeds(const TransformContext& context) {
  TRY(NeedsCategories(context));
  Needs needs;
  needs.values = !context.params.contains("order");
  return needs;
}

Result<Json> Learn(const TransformContext&, const Statistics& statistics) {
  Json categories = Json::array();
  for (const auto& [value, rows] : statistics.values) categories.push_back(value);
  return Json{{"categories", std::move(categories)}};
}

Result<std::unique_ptr<Fitted>> Make(const TransformContext& context, const Json& state) {
  const bool declared = context.params.contains("order");
  TRY_ASSIGN(const std::vector<std::string> texts,
             StateTexts(declared ? context.params : state, declared ? "order" : "categories"));
  Result<Categories> categories = Categories::Of(texts, context.type);
  if (!categories.ok()) {
    Error error = std::move(categories).error();
    if (declared) error.code = ErrorCode::kUser;
    return std::move(error).While("`order`");
  }
  if (categories->size() == 0) return Error{ErrorCode::kData, "an ordinal without categories", ""};
  return std::unique_ptr<Fitted>(std::make_unique<Ordinal>(context, *std::move(categories)));
}

}  // namespace

TransformKind ordinal_transform() {
  using contract::ParamType;
  return {.info = {.name = "ordinal",
                   .summary = "place of a value among the categories",
                   .help = "Categories are those of the training split in the order of the values, "
                           "or as `order` says; the first is 0. Text, integers and booleans have "
                           "categories. Unseen ones give -1, null stays null.",
                   .params = {ColumnParam(),
                              {.name = "order",
                               .type = ParamType::kScalars,
                               .summary = "all categories in their order; nothing is learnt then"},
                              AsParam()},
                   .subject = "column",
                   .example = "- {ordinal: size, order: [small, medium, large]}\n"},
          .needs = WhatItNeeds,
          .learn = Learn,
          .make = Make};
}

}  // namespace assay::prepare
