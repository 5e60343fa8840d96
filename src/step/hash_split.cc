#include "engine/sql_text.h"
#include "step/split.h"

namespace assay::step {
namespace {

constexpr std::int64_t kWhole = 1'000'000;

// `90 %` for 900,000 millionths.
std::string PercentText(std::int64_t millionths) {
  std::string text = std::to_string(millionths / 10'000);
  std::string decimals = std::to_string(10'000 + millionths % 10'000).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return text + (decimals.empty() ? "" : "." + decimals) + " %";
}

Status Check(const Json& params) {
  std::int64_t sum = 0;
  for (const char* name : {"train", "validation", "test"}) {
    sum += params.value(name, std::int64_t{0});
  }
  if (sum != kWhole) {
    return Error{ErrorCode::kUser,
                 "shares of a hash split must add up to 100 %, not " + PercentText(sum), ""};
  }
  if (const std::int64_t seed = params.value("seed", std::int64_t{0}); seed < 0) {
    return Error{ErrorCode::kUser, "a seed is not negative: " + std::to_string(seed), ""};
  }
  return {};
}

Result<SplitSql> ToSql(const Json& params, const Schema& schema) {
  SplitSql split;
  for (const Json& column : params.at("hash")) {
    const std::string name = column.get<std::string>();
    if (FindField(schema, name) == nullptr) {
      return Error{ErrorCode::kUser, "no such column to split by: " + name, ""};
    }
    split.columns.push_back(name);
  }
  const std::int64_t seed = params.value("seed", std::int64_t{0});
  const std::string bucket = "assay_bucket(" + std::to_string(seed) + "::UBIGINT, " +
                             engine::NameList(split.columns) + ")";
  std::int64_t end = 0;
  std::string cases;
  for (const char* name : {"train", "validation", "test"}) {
    const std::int64_t share = params.value(name, std::int64_t{0});
    if (share == 0) continue;
    end += share;
    cases += " WHEN " + bucket + " < " + std::to_string(end) + " THEN '" + name + "'";
    split.names.emplace_back(name);
  }
  split.expression = "CASE" + cases + " END";
  return split;
}

}  // namespace

SplitKind hash_split() {
  using contract::ParamType;
  return {
      .info = {.name = "hash",
               .summary = "by a hash of columns, so a row never changes its side",
               .help = "Rows with equal values in the columns are always on one side, also when "
                       "more data arrives. The hash is frozen (docs/design/0001, section 8).",
               .version = 1,
               .params = {{.name = "hash",
                           .type = ParamType::kColumns,
                           .summary = "columns whose values decide",
                           .required = true},
                          {.name = "train",
                           .type = ParamType::kShare,
                           .summary = "share of the training split",
                           .required = true},
                          {.name = "validation",
                           .type = ParamType::kShare,
                           .summary = "share of the validation split"},
                          {.name = "test",
                           .type = ParamType::kShare,
                           .summary = "share of the test split"},
                          {.name = "seed",
                           .type = ParamType::kInteger,
                           .summary = "another seed is another split",
                           .by_default = 0}},
               .check = Check,
               .example =
                   "split: {hash: [origin, date], train: 80 %, validation: 10 %, test: 10 %}\n"},
      .to_sql = ToSql};
}

}  // namespace assay::step
