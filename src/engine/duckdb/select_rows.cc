#include "engine/duckdb/select_rows.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/duckdb/sql_tree.h"
#include "engine/duckdb/tree_node.h"

namespace assay::engine {
namespace {

// All that the engine has, and its macros over them; row_trace_test.cc asks the engine whether one
// is missing. One that is missing makes a query that does not bind, never a wrong id.
constexpr auto kAggregates = std::to_array<std::string_view>({
    "any_value",
    "approx_count_distinct",
    "approx_quantile",
    "approx_top_k",
    "arbitrary",
    "arg_max",
    "arg_max_null",
    "arg_max_nulls_last",
    "arg_min",
    "arg_min_null",
    "arg_min_nulls_last",
    "argmax",
    "argmin",
    "array_agg",
    "assay_mean",
    "assay_moments",
    "assay_repeats",
    "assay_wrapping_sum",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bitstring_agg",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "count_if",
    "count_star",
    "countif",
    "covar_pop",
    "covar_samp",
    "entropy",
    "favg",
    "first",
    "fsum",
    "geomean",
    "geometric_mean",
    "group_concat",
    "histogram",
    "histogram_exact",
    "json_group_array",
    "json_group_object",
    "json_group_structure",
    "kahan_sum",
    "kurtosis",
    "kurtosis_pop",
    "last",
    "list",
    "listagg",
    "mad",
    "max",
    "max_by",
    "mean",
    "median",
    "min",
    "min_by",
    "mode",
    "product",
    "quantile",
    "quantile_cont",
    "quantile_disc",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "reservoir_quantile",
    "sem",
    "skewness",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "sum_no_overflow",
    "sumkahan",
    "var_pop",
    "var_samp",
    "variance",
    "wavg",
    "weighted_avg",
});

constexpr auto kMembers = std::to_array<std::string_view>(
    {"type", "modifiers", "cte_map",
     // of a SELECT
     "select_list", "from_table", "where_clause", "group_expressions", "group_sets",
     "aggregate_handling", "having", "sample", "qualify",
     // of a set operation
     "setop_type", "setop_all", "left", "right"});
constexpr auto kModifiers = std::to_array<std::string_view>(
    {"LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "ORDER_MODIFIER", "DISTINCT_MODIFIER"});
constexpr auto kClasses = std::to_array<std::string_view>(
    {"BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT",
     "FUNCTION", "LAMBDA", "OPERATOR", "STAR", "SUBQUERY", "WINDOW"});

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The parts of a SELECT whose expressions are about the rows of its own FROM.
constexpr auto kParts =
    std::to_array<const char*>({"select_list", "where_clause", "qualify", "modifiers"});

// Calls `judge` with every expression below a node but those in subqueries, until it gives a text.
template <typename Judge>
std::string FirstIn(const Json& node, const Judge& judge) {
  if (node.is_object()) {
    if (std::string found = judge(node); !found.empty()) return found;
  }
  if (node.is_array()) {
    for (const Json& element : node) {
      if (std::string found = FirstIn(element, judge); !found.empty()) return found;
    }
  }
  if (!node.is_object()) return "";
  for (const auto& [key, member] : node.items()) {
    if (key == "subquery") continue;
    if (std::string found = FirstIn(member, judge); !found.empty()) return found;
  }
  return "";
}

// The first in a part of a query; what stands in FROM is a query of its own.
template <typename Judge>
std::string FirstInParts(const Json& select, const Judge& judge) {
  for (const char* part : kParts) {
    if (!Has(select, part)) continue;
    if (std::string found = FirstIn(select[part], judge); !found.empty()) return found;
  }
  return "";
}

}  // namespace

bool IsAggregate(const std::string& function) { return Contains(kAggregates, function); }

std::string WhyAggregate(const Json& select) {
  if (Has(select, "group_expressions") || Has(select, "group_sets") ||
      MemberText(select, "aggregate_handling") != "STANDARD_HANDLING") {
    return "GROUP BY";
  }
  if (Has(select, "having")) return "HAVING";
  const Json modifiers = select.value("modifiers", Json::array());
  for (const Json& modifier : modifiers) {
    if (MemberText(modifier, "type") == "DISTINCT_MODIFIER" &&
        !Has(modifier, "distinct_on_targets")) {
      return "DISTINCT";
    }
  }
  return FirstInParts(select, [](const Json& node) -> std::string {
    const std::string name = Lower(MemberText(node, "function_name"));
    return IsClass(node, "FUNCTION") && IsAggregate(name) ? "the aggregate " + name : "";
  });
}

bool ExpandsRows(const Json& select) {
  return !FirstIn(select["select_list"], [](const Json& node) -> std::string {
            const std::string name = Lower(MemberText(node, "function_name"));
            return IsClass(node, "FUNCTION") && IsExpanding(name) ? name : "";
          }).empty();
}

std::string WhatIsUnknown(const Json& query) {
  for (const auto& [member, value] : query.items()) {
    if (!Contains(kMembers, member)) return "an unknown part of a query: " + member;
  }
  const Json modifiers = query.value("modifiers", Json::array());
  for (const Json& modifier : modifiers) {
    const std::string type = MemberText(modifier, "type");
    if (!Contains(kModifiers, type)) return "an unknown part of a query: " + type;
  }
  const auto judge = [](const Json& node) -> std::string {
    const std::string name = MemberText(node, "class");
    if (name.empty() || Contains(kClasses, name)) return "";
    if (name == "POSITIONAL_REFERENCE") return "a column by its position: #1";
    return "an unknown kind of expression: " + name;
  };
  if (Has(query, "from_table")) {
    if (std::string found = FirstIn(query["from_table"], judge); !found.empty()) return found;
  }
  return FirstInParts(query, judge);
}

}  // namespace assay::engine
