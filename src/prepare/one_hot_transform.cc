#include <algorithm>
#include <cstdint>
#include <limits>

#include "prepare/category.h"

namespace assay::prepare {
namespace {

// Without `top`, more columns than this are taken for a slip.
constexpr std::size_t kMostWithoutTop = 1000;
constexpr std::int64_t kMostColumns = 10'000;

class OneHot : public Fitted {
 public:
  OneHot(const TransformContext& context, const std::vector<std::string>& texts,
         Categories categories)
      : categories_(std::move(categories)) {
    for (const std::string& text : texts) {
      outputs_.push_back({OutputName(context) + "_" + text, {TypeKind::kUint8, 0, 0, {}}});
    }
  }

  // Comparing small numbers without null is much cheaper than comparing texts once for each output.
  std::string Shared(const std::string& x) const override {
    const bool is_small = categories_.size() <= std::numeric_limits<std::uint8_t>::max();
    return "CAST(" + categories_.PlaceSql(x) + (is_small ? " AS UTINYINT)" : " AS USMALLINT)");
  }

  std::vector<std::string> Sql(const std::string& place) const override {
    std::vector<std::string> sql;
    for (std::size_t i = 1; i <= categories_.size(); ++i) {
      sql.push_back("CAST(" + place + " = " + std::to_string(i) + " AS UTINYINT)");
    }
    return sql;
  }

  void Apply(const Cell& x, Cell* outputs) const override {
    std::fill_n(outputs, categories_.size(), Cell(std::int64_t{0}));
    if (IsNull(x)) return;
    const std::int64_t place = categories_.Find(x);
    if (place >= 0) outputs[place] = std::int64_t{1};
  }

  std::vector<Cell> Borders() const override { return categories_.Strangers(); }

 private:
  Categories categories_;
};

Status HasSensibleTop(const Json& params) {
  if (!params.contains("top")) return {};
  const auto top = params["top"].get<std::int64_t>();
  if (top >= 1 && top <= kMostColumns) return {};
  return Error{ErrorCode::kUser, "`top` must be from 1 to 10000, found " + std::to_string(top), ""};
}

Result<Needs> WhatItNeeds(const TransformContext& context) {
  TRY(NeedsCategories(context));
  return Needs{.moments = false, .values = true, .shares = {}};
}

Result<Json> Learn(const TransformContext& context, const Statistics& statistics) {
  std::vector<std::size_t> kept(statistics.values.size());
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = i;
  if (context.params.contains("top")) {
    // The most frequent; ties by value.
    std::stable_sort(kept.begin(), kept.end(), [&](std::size_t a, std::size_t b) {
      return statistics.values[a].second > statistics.values[b].second;
    });
    const auto top = static_cast<std::size_t>(context.params["top"].get<std::int64_t>());
    if (kept.size() > top) kept.resize(top);
    std::sort(kept.begin(), kept.end());
  } else if (kept.size() > kMostWithoutTop) {
    return Error{
        ErrorCode::kUser,
        "`" + context.column + "` would become so many columns: " + std::to_string(kept.size()),
        "write `top: N` for the N most frequent, or `ordinal`"};
  }
  Json categories = Json::array();
  for (const std::size_t i : kept) categories.push_back(statistics.values[i].first);
  return Json{{"categories", std::move(categories)}};
}

Result<std::unique_ptr<Fitted>> Make(const TransformContext& context, const Json& state) {
  TRY_ASSIGN(const std::vector<std::string> texts, StateTexts(state, "categories"));
  TRY_ASSIGN(Categories categories, Categories::Of(texts, context.type));
  return std::unique_ptr<Fitted>(std::make_unique<OneHot>(context, texts, std::move(categories)));
}

}  // namespace

TransformKind one_hot_transform() {
  using contract::ParamType;
  return {
      .info = {.name = "one_hot",
               .summary = "a column of 0 and 1 for each category",
               .help = "Makes `COLUMN_CATEGORY` for each category of the training split, in the "
                       "order of the values. Text, integers and booleans have categories. Null "
                       "and unseen categories give zeros everywhere.",
               .params = {ColumnParam(),
                          {.name = "top",
                           .type = ParamType::kInteger,
                           .summary = "only the most frequent categories, so many"},
                          {.name = "as",
                           .type = ParamType::kString,
                           .summary = "what the names begin with; without it the column's own "
                                      "name"}},
               .subject = "column",
               .check = HasSensibleTop,
               .example = "- {one_hot: origin, top: 50}\n"},
      .needs = WhatItNeeds,
      .learn = Learn,
      .make = Make};
}

}  // namespace assay::prepare
