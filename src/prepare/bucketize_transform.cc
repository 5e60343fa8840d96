#include <algorithm>
#include <charconv>
#include <cmath>

#include "prepare/transform.h"

namespace assay::prepare {
namespace {

class Bucketize : public Fitted {
 public:
  Bucketize(const TransformContext& context, std::vector<double> edges)
      : type_(context.type), edges_(std::move(edges)) {
    outputs_ = {{OutputName(context), {TypeKind::kInt32, 0, 0, {}}}};
  }

  std::vector<std::string> Sql(const std::string& x) const override {
    const std::string number = NumberSql(x, type_);
    std::string sum;
    for (const double edge : edges_) {
      sum += (sum.empty() ? "" : " + ") + ("CAST((" + number + ") >= " + DoubleSql(edge)) +
             " AS INTEGER)";
    }
    return {sum};
  }

  void Apply(const Cell& x, Cell* outputs) const override {
    double number = 0;
    if (!NumberOf(x, type_, number)) {
      outputs[0] = Cell();
      return;
    }
    const auto above = std::upper_bound(edges_.begin(), edges_.end(), number);
    outputs[0] = static_cast<std::int64_t>(above - edges_.begin());
  }

  std::vector<Cell> Borders() const override {
    std::vector<Cell> borders;
    if (type_.kind != TypeKind::kFloat64) return borders;
    for (const double edge : edges_) {
      for (const double value :
           {edge, std::nextafter(edge, -INFINITY), std::nextafter(edge, INFINITY)}) {
        borders.emplace_back(value);
      }
    }
    return borders;
  }

 private:
  Type type_;
  std::vector<double> edges_;
};

bool ReadNumber(const std::string& text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

Status HasEdges(const Json& params) {
  const bool has_edges = params.contains("edges"), has_quantiles = params.contains("quantiles");
  if (has_edges == has_quantiles) {
    return Error{ErrorCode::kUser,
                 has_edges ? "`edges` and `quantiles` exclude each other"
                           : "a bucketize needs `edges` or `quantiles`",
                 "write `edges: [500, 1000]`, or `quantiles: 10`"};
  }
  if (has_quantiles) {
    const auto count = params["quantiles"].get<std::int64_t>();
    if (count >= 2 && count <= 1000) return {};
    return Error{ErrorCode::kUser,
                 "`quantiles` must be from 2 to 1000, found " + std::to_string(count), ""};
  }
  double before = -INFINITY;
  for (const Json& edge : params["edges"]) {
    double value = 0;
    if (!ReadNumber(edge, value)) {
      return Error{ErrorCode::kUser, "an edge is no number: " + edge.get<std::string>(), ""};
    }
    if (value <= before) {
      return Error{ErrorCode::kUser, "edges must rise, found: " + edge.get<std::string>(), ""};
    }
    before = value;
  }
  return {};
}

Result<Needs> WhatItNeeds(const TransformContext& context) {
  TRY(NeedsNumber(context));
  Needs needs;
  if (!context.params.contains("quantiles")) return needs;
  const auto count = context.params["quantiles"].get<std::int64_t>();
  for (std::int64_t i = 1; i < count; ++i) {
    needs.shares.push_back(static_cast<double>(i) / static_cast<double>(count));
  }
  return needs;
}

// Equal quantiles are one border.
Result<Json> Learn(const TransformContext&, const Statistics& statistics) {
  std::vector<double> edges = statistics.quantiles;
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  Json texts = Json::array();
  for (const double edge : edges) texts.push_back(DoubleText(edge));
  return Json{{"edges", std::move(texts)}};
}

Result<std::unique_ptr<Fitted>> Make(const TransformContext& context, const Json& state) {
  const bool declared = context.params.contains("edges");
  TRY_ASSIGN(const std::vector<std::string> texts,
             StateTexts(declared ? context.params : state, "edges"));
  std::vector<double> edges(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (ReadNumber(texts[i], edges[i]) && (i == 0 || edges[i - 1] < edges[i])) continue;
    return Error{ErrorCode::kData, "the state of a `bucketize` has no rising edges", ""};
  }
  if (edges.empty()) {
    return Error{ErrorCode::kData, "the state of a `bucketize` has no rising edges", ""};
  }
  return std::unique_ptr<Fitted>(std::make_unique<Bucketize>(context, std::move(edges)));
}

}  // namespace

TransformKind bucketize_transform() {
  using contract::ParamType;
  return {
      .info =
          {.name = "bucketize",
           .summary = "number of the interval that a number lies in",
           .help = "Bucket 0 lies below the first edge; an edge belongs to the bucket above "
                   "it. `quantiles: N` learns the N - 1 inner quantiles of the training "
                   "split, equal ones once. Missing stays null.",
           .params = {ColumnParam(),
                      {.name = "edges", .type = ParamType::kScalars, .summary = "rising numbers"},
                      {.name = "quantiles",
                       .type = ParamType::kInteger,
                       .summary = "number of equally full buckets, 2 to 1000"},
                      AsParam()},
           .subject = "column",
           .check = HasEdges,
           .example = "- {bucketize: distance, edges: [500, 1000, 2000]}\n"},
      .needs = WhatItNeeds,
      .learn = Learn,
      .make = Make};
}

}  // namespace assay::prepare
