#include "engine/duckdb/sql_tree.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/duckdb/select_rows.h"
#include "engine/duckdb/tree_node.h"

namespace assay::engine {
namespace {

using Scope = std::set<std::string>;

std::size_t OffsetOf(const Json& node) {
  const auto found = node.find("query_location");
  if (found == node.end() || !found->is_number_unsigned()) return 0;
  const auto offset = found->get<std::uint64_t>();
  return offset == UINT64_MAX ? 0 : static_cast<std::size_t>(offset);
}

// Functions whose value is another at every call or run, or that tell of the machine.
constexpr std::array kVolatile = {"random",
                                  "uuid",
                                  "uuidv4",
                                  "uuidv7",
                                  "gen_random_uuid",
                                  "setseed",
                                  "nextval",
                                  "currval",
                                  "now",
                                  "today",
                                  "current_date",
                                  "current_time",
                                  "current_timestamp",
                                  "localtime",
                                  "localtimestamp",
                                  "transaction_timestamp",
                                  "get_current_time",
                                  "get_current_timestamp",
                                  "current_localtime",
                                  "current_localtimestamp",
                                  "txid_current",
                                  "ago",
                                  "current_connection_id",
                                  "current_query",
                                  "current_query_id",
                                  "current_transaction_id",
                                  "get_block_size",
                                  "pg_conf_load_time",
                                  "pg_postmaster_start_time",
                                  "sleep_ms",
                                  "stats",
                                  "write_log",
                                  "getenv",
                                  "current_setting"};

// Table functions that make rows of their arguments alone.
constexpr std::array kPureTableFunctions = {"unnest", "range",     "generate_series",
                                            "repeat", "json_each", "json_tree"};
constexpr std::array kExpanding = {"unnest", "generate_subscripts", "regexp_split_to_table"};

template <std::size_t N>
bool Contains(const std::array<const char*, N>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// `age(moment)` counts from today, `age(moment, moment)` does not.
bool IsVolatile(const std::string& name, const Json& node) {
  const auto children = node.find("children");
  const bool is_single = children != node.end() && children->size() == 1;
  return Contains(kVolatile, name) || (name == "age" && is_single);
}

// A table's name as SQL writes it, with its schema and catalog where they are told.
std::string TableName(const Json& node) {
  std::string name = MemberText(node, "table_name");
  for (const char* outer : {"schema_name", "catalog_name"}) {
    if (Has(node, outer)) name = MemberText(node, outer) + "." + name;
  }
  return name;
}

// Walks a tree, keeping the names of CTEs in scope.
class Walker {
 public:
  explicit Walker(SqlFacts& facts) : facts_(facts) {}

  void Walk(const Json& node, const Scope& scope) {
    if (node.is_array()) {
      for (const Json& element : node) Walk(element, scope);
      return;
    }
    if (!node.is_object()) return;
    const std::string type = MemberText(node, "type");
    const auto ctes = node.find("cte_map");
    if (ctes != node.end() && ctes->is_object()) {
      VisitSample(node);
      return WalkQuery(node, *ctes, scope);
    }
    if (type == "BASE_TABLE") {
      VisitSample(node);
      return VisitTable(node, scope);
    }
    if (type == "TABLE_FUNCTION") VisitTableFunction(node);
    if (type == "SHOW_REF") {
      facts_.functions.push_back({"describe, show, summarize", OffsetOf(node)});
    }
    if (type == "FUNCTION") {
      const std::string name = Lower(MemberText(node, "function_name"));
      if (IsVolatile(name, node)) facts_.calls.push_back({name, OffsetOf(node)});
      if (Contains(kExpanding, name)) facts_.expanding.push_back({name, OffsetOf(node)});
    }
    if (MemberText(node, "class") == "WINDOW") {
      facts_.windows.push_back({Lower(MemberText(node, "function_name")), OffsetOf(node)});
    }
    VisitSample(node);
    // `now` spelled without parentheses (CURRENT_DATE) arrives as a column of that name.
    if (type == "COLUMN_REF") VisitColumn(node);
    for (const auto& [key, member] : node.items()) Walk(member, scope);
  }

 private:
  // A CTE sees those before it, and itself only when it is recursive.
  void WalkQuery(const Json& node, const Json& ctes, Scope scope) {
    if (const auto map = ctes.find("map"); map != ctes.end() && map->is_array()) {
      for (const Json& entry : *map) {
        const std::string name = Lower(MemberText(entry, "key"));
        Scope inner = scope;
        if (entry.dump().find("RECURSIVE_CTE_NODE") != std::string::npos) inner.insert(name);
        if (entry.contains("value")) Walk(entry["value"], inner);
        scope.insert(name);
      }
    }
    for (const auto& [key, member] : node.items()) {
      if (key != "cte_map") Walk(member, scope);
    }
  }

  void VisitTable(const Json& node, const Scope& scope) {
    const bool is_plain = !Has(node, "schema_name");
    if (is_plain && scope.contains(Lower(MemberText(node, "table_name")))) return;
    facts_.reads.push_back({TableName(node), OffsetOf(node)});
  }

  void VisitSample(const Json& node) {
    const auto sample = node.find("sample");
    if (sample == node.end() || !sample->is_object()) return;
    const auto seed = sample->find("seed");
    const bool seeded = seed != sample->end() && seed->is_number_integer() &&
                        (seed->is_number_unsigned() || seed->get<std::int64_t>() >= 0);
    if (!seeded) facts_.calls.push_back({"SAMPLE without a seed", OffsetOf(node)});
  }

  void VisitTableFunction(const Json& node) {
    const auto function = node.find("function");
    if (function == node.end()) return;
    const std::string name = Lower(MemberText(*function, "function_name"));
    if (!Contains(kPureTableFunctions, name)) facts_.functions.push_back({name, OffsetOf(node)});
  }

  void VisitColumn(const Json& node) {
    const auto names = node.find("column_names");
    if (names == node.end() || names->size() != 1 || !(*names)[0].is_string()) return;
    const std::string name = Lower((*names)[0].get<std::string>());
    for (const char* keyword :
         {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}) {
      if (name == keyword) facts_.calls.push_back({name, OffsetOf(node)});
    }
  }

  SqlFacts& facts_;
};

// The tree as it enters an id: no positions, no nulls, other numbers than small integers as text.
Json WithoutPositions(const Json& node) {
  constexpr std::int64_t kSmall = std::int64_t{1} << 53;
  if (node.is_array()) {
    Json list = Json::array();
    for (const Json& element : node) list.push_back(WithoutPositions(element));
    return list;
  }
  if (node.is_object()) {
    Json object = Json::object();
    for (const auto& [key, member] : node.items()) {
      if (key == "query_location" || member.is_null()) continue;
      object[key] = WithoutPositions(member);
    }
    return object;
  }
  if (node.is_number_float()) return DoubleText(node.get<double>());
  if (node.is_number_unsigned() &&
      node.get<std::uint64_t>() >= static_cast<std::uint64_t>(kSmall)) {
    return std::to_string(node.get<std::uint64_t>());
  }
  if (node.is_number_integer() && !node.is_number_unsigned() &&
      node.get<std::int64_t>() <= -kSmall) {
    return std::to_string(node.get<std::int64_t>());
  }
  return node.is_null() ? Json("") : node;
}

// Aggregates whose answer is the same in any order of rows, whatever the argument.
constexpr std::array kOrderFree = {"count",         "count_star",    "min",      "max",
                                   "bool_and",      "bool_or",       "bit_and",  "bit_or",
                                   "bit_xor",       "median",        "quantile", "mad",
                                   "quantile_cont", "quantile_disc", "count_if", "countif"};
// The same, when the argument is exact (integer, decimal, boolean).
constexpr std::array kOrderFreeIfExact = {"sum", "avg", "mean", "sum_no_overflow"};

bool HasFloat(const Json& arguments) {
  const std::string text = arguments.dump();
  return text.find("\"FLOAT\"") != std::string::npos ||
         text.find("\"DOUBLE\"") != std::string::npos ||
         text.find("\"INTERVAL\"") != std::string::npos;
}

// Nothing in an expression that looks at other rows of the same table.
bool StaysInRow(const Json& node) {
  if (node.is_object()) {
    if (IsClass(node, "WINDOW") || IsClass(node, "COLLATE")) return false;
    if (MemberText(node, "type") == "FUNCTION") {
      const std::string name = Lower(MemberText(node, "function_name"));
      if (IsAggregate(name) || IsVolatile(name, node)) return false;
    }
    // Another table may be looked at as a whole; what it does inside is its own affair.
    if (IsClass(node, "SUBQUERY")) return true;
  }
  if (!node.is_structured()) return true;
  return std::all_of(node.begin(), node.end(), StaysInRow);
}

// A SELECT without anything but a list, FROM and a condition, each row by itself.
bool IsPlainSelect(const Json& node) {
  if (MemberText(node, "type") != "SELECT_NODE") return false;
  for (const char* member : {"modifiers", "group_expressions", "having", "sample", "qualify"}) {
    if (Has(node, member)) return false;
  }
  const auto ctes = node.find("cte_map");
  if (ctes != node.end() && Has(*ctes, "map")) return false;
  if (MemberText(node, "aggregate_handling") != "STANDARD_HANDLING") return false;  // GROUP BY ALL
  for (const char* member : {"select_list", "where_clause"}) {
    const auto expressions = node.find(member);
    if (expressions != node.end() && !StaysInRow(*expressions)) return false;
  }
  return true;
}

struct NamedTable {
  std::string name;
  std::string alias;     // in small letters
  bool renames = false;  // as `t(a, b)` does with the columns
};

// The tables of a FROM each of whose rows goes into the answer by itself: an outer join adds a row
// where the other side has none at all, which no part can know.
void KeptSides(const Json& from, std::vector<NamedTable>& tables) {
  const std::string type = MemberText(from, "type");
  if (type == "BASE_TABLE" && !Has(from, "sample")) {
    tables.push_back({TableName(from), Lower(AliasOf(from)), Has(from, "column_name_alias")});
  }
  if (type != "JOIN" || !from.contains("left") || !from.contains("right")) return;
  const std::string reference = MemberText(from, "ref_type");
  const std::string join = MemberText(from, "join_type");
  const bool plain = reference == "REGULAR" || reference == "CROSS" || reference == "NATURAL";
  if (!plain) return;
  const bool both = reference == "CROSS" || join == "INNER";
  if (both || join == "LEFT" || join == "SEMI" || join == "ANTI") KeptSides(from["left"], tables);
  if (both || join == "RIGHT") KeptSides(from["right"], tables);
}

// The columns of a table that the select list has as they are. A name without its table is taken
// for one only where there is no other table.
void FindKeptColumns(const Json& select, const NamedTable& table, bool alone, SqlFacts& facts) {
  for (const Json& item : select.value("select_list", Json::array())) {
    if (IsClass(item, "STAR")) {
      const std::string relation = Lower(MemberText(item, "relation_name"));
      const bool is_its = relation.empty() ? alone : relation == table.alias;
      const bool plain = !Has(item, "exclude_list") && !Has(item, "qualified_exclude_list") &&
                         !Has(item, "replace_list") && !Has(item, "rename_list") &&
                         !Has(item, "expr") && !Has(item, "alias");
      if (is_its && plain) facts.kept.push_back({table.name, "*", "*"});
      continue;
    }
    if (MemberText(item, "type") != "COLUMN_REF") continue;
    std::vector<std::string> names;
    for (const Json& name : item.value("column_names", Json::array())) {
      if (name.is_string()) names.push_back(name.get<std::string>());
    }
    const bool is_its =
        names.size() == 2 ? Lower(names[0]) == table.alias : names.size() == 1 && alone;
    if (!is_its) continue;
    const std::string alias = MemberText(item, "alias");
    facts.kept.push_back({table.name, names.back(), alias.empty() ? names.back() : alias});
  }
}

// Says over which tables the statement distributes, and whether it is row-local.
void FindDistribution(const Json& statement, SqlFacts& facts) {
  const auto node = statement.find("node");
  if (node == statement.end() || !IsPlainSelect(*node)) return;
  const auto from = node->find("from_table");
  if (from == node->end()) return;
  std::vector<NamedTable> kept;
  KeptSides(*from, kept);
  const bool alone = MemberText(*from, "type") == "BASE_TABLE";
  for (const NamedTable& table : kept) {
    const auto times =
        std::count_if(facts.reads.begin(), facts.reads.end(),
                      [&](const TableRead& read) { return read.name == table.name; });
    if (times != 1) continue;
    facts.distributes.push_back(table.name);
    if (!table.renames) FindKeptColumns(*node, table, alone, facts);
  }
  facts.row_local = MemberText(*from, "type") == "BASE_TABLE" && facts.reads.size() == 1 &&
                    facts.distributes.size() == 1 && facts.expanding.empty();
}

template <typename Judge>
std::string FirstReason(const Json& node, const Judge& judge) {
  if (node.is_object()) {
    if (std::string reason = judge(node); !reason.empty()) return reason;
  }
  if (node.is_object() || node.is_array()) {
    for (const Json& member : node) {
      if (std::string reason = FirstReason(member, judge); !reason.empty()) return reason;
    }
  }
  return "";
}

std::string JudgeTreeNode(const Json& node) {
  const std::string type = MemberText(node, "type");
  if (type == "LIMIT_MODIFIER" || type == "LIMIT_PERCENT_MODIFIER") return "LIMIT";
  if (type == "DISTINCT_MODIFIER" && node.contains("distinct_on_targets") &&
      !node["distinct_on_targets"].empty()) {
    return "DISTINCT ON";
  }
  if (MemberText(node, "class") == "WINDOW") return "a window function";
  // Of texts that a collation takes for equal, DISTINCT and GROUP BY keep the one they see first.
  if (MemberText(node, "class") == "COLLATE") return "a collation";
  if (const std::string ref = MemberText(node, "ref_type"); ref == "POSITIONAL" || ref == "ASOF") {
    return "a " + ref + " join";
  }
  if (const auto sample = node.find("sample"); sample != node.end() && sample->is_object()) {
    return "SAMPLE";
  }
  return "";
}

std::string JudgePlanNode(const Json& node) {
  if (MemberText(node, "expression_class") != "BOUND_AGGREGATE") return "";
  const std::string name = MemberText(node, "name");
  if (Contains(kOrderFree, name)) return "";
  const Json arguments = node.value("arguments", Json::array());
  if (Contains(kOrderFreeIfExact, name)) {
    if (!HasFloat(arguments)) return "";
    return name + " of a floating-point column";
  }
  return "the aggregate " + name;
}

}  // namespace

Result<SqlFacts> FactsOfTree(const Json& tree) {
  SqlFacts facts;
  Walker(facts).Walk(tree, {});
  FindDistribution(tree, facts);
  TRY_ASSIGN(facts.tree, TextId("sqltree/1", WithoutPositions(tree)));
  return facts;
}

bool IsExpanding(const std::string& function) { return Contains(kExpanding, function); }

bool IsPureTableFunction(const std::string& function) {
  return Contains(kPureTableFunctions, function);
}

std::string OrderDependenceOfTree(const Json& tree) { return FirstReason(tree, JudgeTreeNode); }

std::string OrderDependenceOfPlan(const Json& plan) { return FirstReason(plan, JudgePlanNode); }

}  // namespace assay::engine
