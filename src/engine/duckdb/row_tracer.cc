#include "engine/duckdb/row_tracer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "engine/duckdb/select_rows.h"
#include "engine/duckdb/tree_node.h"
#include "engine/sql_text.h"

namespace assay::engine {

Result<TracedQuery> RowTracer::Query(Json& node, const Scope& scope) {
  const std::string type = MemberText(node, "type");
  if (type == "SELECT_NODE") return Select(node, scope);
  if (IsUnionAll(node)) return Union(node, scope);
  if (type != "SET_OPERATION_NODE") return None("an unknown kind of query: " + type);
  TracedQuery traced;
  const std::string kind = MemberText(node, "setop_type");
  traced.opaque = kind == "UNION_BY_NAME" ? "UNION" : kind;
  Leave(node, scope, traced.opaque, traced);
  return traced;
}

Result<TracedQuery> RowTracer::Select(Json& node, Scope scope) {
  TracedQuery traced;
  traced.opaque = WhyAggregate(node);
  if (!traced.opaque.empty()) {
    traced.columns = OutputColumns(node, {});
    Leave(node, scope, traced.opaque, traced);
    return traced;
  }
  if (const std::string unknown = WhatIsUnknown(node); !unknown.empty()) return None(unknown);
  const Json original = node;
  TRY_ASSIGN(scope, Define(node, std::move(scope)));
  Items items;
  TRY(From(node["from_table"], scope, traced, items));
  if (!traced.extras.empty()) {
    traced.opaque.clear();
    TRY(CheckNames(original, items));
    TRY(RefuseWholeRows(original, items));
    TRY(HideIds(node, items, parse_));
    DropSchemas(node, items);
  }
  for (const char* part : {"select_list", "where_clause", "qualify", "modifiers"}) {
    if (Has(node, part)) Leave(node[part], scope, "in an expression", traced);
  }
  traced.expands = traced.expands || ExpandsRows(original);
  traced.columns = OutputColumns(original, items);
  Leaf leaf;
  for (const Extra& extra : traced.extras) leaf.extras.insert(extra.name);
  leaf.is_opaque = !traced.opaque.empty();
  traced.leaves = {leaf};
  return traced;
}

// Two items of one name could be told apart by their schemas, which subqueries do not have.
Status RowTracer::CheckNames(const Json& select, const Items& items) const {
  std::set<std::string> seen;
  std::set<std::string> with_ids;
  for (const FromItem& item : items) {
    if (!item.ids.empty()) with_ids.insert(item.alias);
  }
  for (const FromItem& item : items) {
    if (!item.alias.empty() && !seen.insert(item.alias).second && with_ids.contains(item.alias)) {
      return None("two tables in FROM with one name, which AS could tell apart: " + item.alias);
    }
  }
  if (!NamesSchema(select, items)) return {};
  for (const FromItem& item : items) {
    for (const FromItem& other : items) {
      if (!item.schema.empty() && other.alias == item.schema && HasColumn(other, item.alias)) {
        return None("columns named by schema and table where a column has that name: " +
                    item.alias);
      }
    }
  }
  // Without its schema a column may belong to another table of that name, further in.
  std::map<std::string, int> uses;
  const std::function<void(const Json&)> count = [&](const Json& node) {
    if (!node.is_structured()) return;
    if (MemberText(node, "type") == "BASE_TABLE" || Has(node, "subquery")) {
      ++uses[Lower(AliasOf(node))];
    }
    for (const Json& member : node) count(member);
  };
  count(select);
  for (const FromItem& item : items) {
    if (!item.schema.empty() && uses[item.alias] > 1) {
      return None("columns named by schema and table where another table has that name: " +
                  item.alias);
    }
  }
  return {};
}

Result<TracedQuery> RowTracer::Union(Json& node, const Scope& scope) {
  TracedQuery traced;
  const std::string branch_column = Fresh(kBranchStem);
  TRY(TakeLeaves(node, scope, branch_column, traced));
  if (traced.extras.empty()) return traced;
  traced.opaque.clear();
  traced.unions = true;
  traced.extras.push_back({branch_column, true, {}});
  return traced;
}

Status RowTracer::TakeLeaves(Json& node, Scope scope, const std::string& branch_column,
                             TracedQuery& into) {
  if (IsUnionAll(node)) {
    if (const std::string unknown = WhatIsUnknown(node); !unknown.empty()) return None(unknown);
    for (const Json& modifier : node["modifiers"]) {
      if (MemberText(modifier, "type") == "DISTINCT_MODIFIER") {
        return None("DISTINCT of a UNION ALL");
      }
    }
    TRY(RefuseStars(node["modifiers"]));
    TRY_ASSIGN(scope, Define(node, std::move(scope)));
    TRY(TakeLeaves(node["left"], scope, branch_column, into));
    TRY(TakeLeaves(node["right"], scope, branch_column, into));
    Leave(node["modifiers"], scope, "in an expression", into);
    return {};
  }
  TRY_ASSIGN(TracedQuery branch, Query(node, scope));
  Leaf leaf;
  leaf.branch_column = branch_column;
  leaf.branch = static_cast<int>(into.leaves.size()) + 1;
  leaf.is_opaque = !branch.opaque.empty();
  leaf.extras.insert(branch_column);
  for (Extra& extra : branch.extras) {
    leaf.extras.insert(extra.name);
    extra.source.may_be_null = true;
    if (extra.is_branch || !extra.source.branch_column.empty()) continue;
    extra.source.branch_column = branch_column;
    extra.source.branch = leaf.branch;
  }
  if (into.leaves.empty()) into.columns = branch.columns;
  if (into.opaque.empty()) into.opaque = branch.opaque;
  into.leaves.push_back(std::move(leaf));
  into.Take(branch);
  return {};
}

// ORDER BY ALL is a bare star alone; others would take the ids.
Status RowTracer::RefuseStars(const Json& modifiers) const {
  const std::function<bool(const Json&)> has_star = [&](const Json& node) {
    if (IsClass(node, "STAR")) return true;
    return node.is_structured() && std::any_of(node.begin(), node.end(), has_star);
  };
  for (const Json& modifier : modifiers) {
    const Json orders = modifier.value("orders", Json::array());
    if (orders.size() == 1 && IsBareStar(orders[0]["expression"])) continue;
    if (has_star(modifier)) return None("ORDER BY of a star over UNION ALL");
  }
  return {};
}

// A definition sees those before it, and itself only when it is recursive.
Result<RowTracer::Scope> RowTracer::Define(Json& node, Scope scope) {
  if (!Has(node, "cte_map") || !Has(node["cte_map"], "map")) return scope;
  Json definitions = Json::array();
  for (Json& entry : node["cte_map"]["map"]) TRY(DefineOne(entry, scope, definitions));
  node["cte_map"]["map"] = std::move(definitions);
  return scope;
}

Status RowTracer::DefineOne(Json& entry, Scope& scope, Json& definitions) {
  const std::string name = Lower(MemberText(entry, "key"));
  Json& query = entry["value"]["query"]["node"];
  Cte cte;
  if (MemberText(query, "type") == "RECURSIVE_CTE_NODE") {
    Scope inner = scope;
    inner[name] = {};
    cte.refusal = "recursive CTE";
    Leave(query, std::move(inner), cte.refusal, cte.traced);
    definitions.push_back(entry);
    scope[name] = std::move(cte);
    return {};
  }
  Json rewritten = query;
  auto traced = Query(rewritten, scope);
  if (!traced.ok() && traced.error().code != ErrorCode::kUser) return std::move(traced).error();
  if (traced.ok()) {
    cte.traced = *std::move(traced);
    TRY(DefineTraced(entry, std::move(rewritten), cte, definitions));
  } else {
    // It may still be read by an expression, which needs no ids.
    cte.refusal = traced.error().message;
    Leave(query, scope, cte.refusal, cte.traced);
    definitions.push_back(entry);
  }
  scope[name] = std::move(cte);
  return {};
}

Status RowTracer::DefineTraced(const Json& entry, Json query, Cte& cte, Json& definitions) {
  const auto names = NamesOf(cte.traced.extras);
  FromItem item;
  item.columns = cte.traced.columns;
  RenameColumns(item, entry["value"]["aliases"]);
  cte.traced.columns = item.columns;
  Json plain = entry;
  if (names.empty()) {
    plain["value"]["query"]["node"] = std::move(query);
    definitions.push_back(std::move(plain));
    return {};
  }
  TRY(AppendExtras(query, cte.traced, parse_));
  cte.name = Fresh(kWithStem);
  Json with_ids = entry;
  with_ids["key"] = cte.name;
  if (Has(entry["value"], "aliases")) {
    Json aliases = names;
    for (const Json& alias : entry["value"]["aliases"]) aliases.push_back(alias);
    with_ids["value"]["aliases"] = std::move(aliases);
  }
  const std::string ids = NameList(names);
  TRY_ASSIGN(Json moved,
             parse_("SELECT " + ids + ", * EXCLUDE (" + ids + ") FROM (SELECT 1) AS _assay_rows"));
  moved["from_table"]["subquery"]["node"] = std::move(query);
  with_ids["value"]["query"]["node"] = std::move(moved);
  plain["value"]["aliases"] = Json::array();
  TRY_ASSIGN(plain["value"]["query"]["node"],
             parse_("SELECT * EXCLUDE (" + ids + ") FROM " + QuoteName(cte.name)));
  definitions.push_back(std::move(with_ids));
  definitions.push_back(std::move(plain));
  return {};
}

void RowTracer::DropUnread(Json& node) const {
  if (!node.is_structured()) return;
  if (Has(node, "cte_map") && Has(node["cte_map"], "map")) {
    Json kept = Json::array();
    for (Json& entry : node["cte_map"]["map"]) {
      const Json& query = entry["value"]["query"]["node"];
      const Json from = query.value("from_table", Json());
      const std::string table = MemberText(from, "table_name");
      const bool is_plain = table.starts_with(kWithStem) && !Has(from, "column_name_alias");
      if (!is_plain || read_plain_.contains(table)) kept.push_back(std::move(entry));
    }
    node["cte_map"]["map"] = std::move(kept);
  }
  for (Json& member : node) DropUnread(member);
}

}  // namespace assay::engine
