// RowTracer, the half that walks FROM.
#include <algorithm>
#include <functional>
#include <utility>

#include "engine/duckdb/row_tracer.h"
#include "engine/duckdb/sql_tree.h"
#include "engine/duckdb/tree_node.h"
#include "engine/sql_text.h"

namespace assay::engine {

Status RowTracer::From(Json& ref, const Scope& scope, TracedQuery& into, Items& items) {
  const std::string type = MemberText(ref, "type");
  if (type == "EMPTY") return {};
  if (type == "BASE_TABLE") return Table(ref, scope, into, items);
  if (type == "SUBQUERY") return Subquery(ref, scope, into, items);
  if (type == "JOIN") return Join(ref, scope, into, items);
  if (type == "TABLE_FUNCTION") return TableFunction(ref, scope, into, items);
  if (type == "EXPRESSION_LIST") {
    Leave(ref, scope, "in an expression", into);
    return {};
  }
  if (type == "PIVOT") return None(Has(ref, "unpivot_names") ? "UNPIVOT" : "PIVOT");
  if (type == "SHOW_REF") return None("DESCRIBE or SUMMARIZE");
  return None("an unknown kind of table: " + type);
}

Status RowTracer::Join(Json& ref, const Scope& scope, TracedQuery& into, Items& items) {
  const std::string type = MemberText(ref, "join_type");
  const std::string kind = MemberText(ref, "ref_type");
  if (type == "OUTER" || type == "FULL") return None("FULL JOIN");
  if (kind == "POSITIONAL") return None("POSITIONAL JOIN");
  if (kind != "REGULAR" && kind != "NATURAL" && kind != "CROSS" && kind != "ASOF") {
    return None("an unknown kind of join: " + kind);
  }
  if (Has(ref, "sample") || Has(ref, "alias")) return None("a sample or an alias of a join");
  if (MemberText(ref["right"], "type") == "JOIN" && IsMisread(ref["right"], scope)) {
    return None("a join within a join with a subquery that reads a WITH");
  }
  TRY(From(ref["left"], scope, into, items));
  if (Has(ref, "condition")) Leave(ref["condition"], scope, "in an expression", into);
  if (type == "SEMI" || type == "ANTI") {
    Leave(ref["right"], scope, "in a " + type + " JOIN", into);
    return {};
  }
  if (type != "INNER" && type != "LEFT" && type != "RIGHT") {
    return None("an unknown kind of join: " + type);
  }
  const std::size_t left = into.extras.size();
  TRY(From(ref["right"], scope, into, items));
  for (std::size_t i = 0; i < into.extras.size(); ++i) {
    if (type == (i < left ? "RIGHT" : "LEFT")) into.extras[i].source.may_be_null = true;
  }
  const bool is_function = MemberText(ref["right"], "type") == "TABLE_FUNCTION" ||
                           MemberText(ref["left"], "type") == "TABLE_FUNCTION";
  (is_function ? into.expands : into.joins) = true;
  return {};
}

// DuckDB 1.5.5 answers `a, range(a.n) r JOIN (SELECT … FROM w) s ON …` wrongly, where `w` is of a
// WITH outside: the rows of `s` are put together with other rows of `a` than those of `r`. It does
// not happen where `w` itself stands in place of the subquery.
bool RowTracer::IsMisread(const Json& join, const Scope& scope) const {
  if (MemberText(join, "type") == "JOIN") {
    return IsMisread(join["left"], scope) || IsMisread(join["right"], scope);
  }
  if (MemberText(join, "type") != "SUBQUERY") return false;
  const std::function<bool(const Json&)> reads_with = [&](const Json& node) {
    if (MemberText(node, "type") == "BASE_TABLE" && !Has(node, "schema_name")) {
      return scope.contains(Lower(MemberText(node, "table_name")));
    }
    return node.is_structured() && std::any_of(node.begin(), node.end(), reads_with);
  };
  return reads_with(join);
}

const TracedInput* RowTracer::FindInput(const Json& table) const {
  if (Has(table, "catalog_name")) return nullptr;
  std::string name = MemberText(table, "table_name");
  if (Has(table, "schema_name")) name = MemberText(table, "schema_name") + "." + name;
  name = Lower(name);
  for (const TracedInput& input : inputs_) {
    if (Lower(input.name) == name) return &input;
  }
  return nullptr;
}

Status RowTracer::Table(Json& ref, const Scope& scope, TracedQuery& into, Items& items) {
  if (Has(ref, "at_clause")) return None("a table AT a version or time");
  if (!Has(ref, "schema_name") && !Has(ref, "catalog_name")) {
    const auto cte = scope.find(Lower(MemberText(ref, "table_name")));
    if (cte != scope.end()) return CteTable(ref, cte->second, into, items);
  }
  FromItem item;
  item.alias = Lower(AliasOf(ref));
  const TracedInput* input = FindInput(ref);
  if (input == nullptr) {
    RenameColumns(item, ref["column_name_alias"]);
    items.push_back(std::move(item));
    into.Note(AliasOf(ref), "not a table that is traced");
    return {};
  }
  if (!Has(ref, "alias")) item.schema = Lower(MemberText(ref, "schema_name"));
  for (const std::string& column : input->columns) item.columns.push_back(Lower(column));
  item.has_all = true;
  RenameColumns(item, ref["column_name_alias"]);
  Extra extra;
  extra.name = Fresh(kIdStem);
  extra.source.input = input->name;
  item.ids = {extra.name};
  TRY(Replace(ref, NameList(input->columns) + ", " + RowIdSql() + " AS " + QuoteName(extra.name) +
                       " FROM " + input->table));
  into.extras.push_back(std::move(extra));
  items.push_back(std::move(item));
  return {};
}

Status RowTracer::CteTable(Json& ref, const Cte& cte, TracedQuery& into, Items& items) {
  if (!cte.refusal.empty()) return None(cte.refusal);
  FromItem item;
  item.alias = Lower(AliasOf(ref));
  item.columns = cte.traced.columns;
  RenameColumns(item, ref["column_name_alias"]);
  TracedQuery part = cte.traced;
  if (part.extras.empty()) {
    if (into.extras.empty() && into.opaque.empty()) into.opaque = part.opaque;
    into.Take(part);
    items.push_back(std::move(item));
    return {};
  }
  std::map<std::string, std::string> fresh;
  for (Extra& extra : part.extras) {
    item.ids.push_back(Fresh(extra.is_branch ? kBranchStem : kIdStem));
    fresh[extra.name] = item.ids.back();
    extra.name = item.ids.back();
  }
  for (Extra& extra : part.extras) {
    const auto branch = fresh.find(extra.source.branch_column);
    if (branch != fresh.end()) extra.source.branch_column = branch->second;
  }
  ref["alias"] = AliasOf(ref);
  ref["table_name"] = cte.name;
  Json names = item.ids;
  for (const Json& name : ref["column_name_alias"]) names.push_back(name);
  ref["column_name_alias"] = std::move(names);
  into.Take(part);
  items.push_back(std::move(item));
  return {};
}

Status RowTracer::Subquery(Json& ref, const Scope& scope, TracedQuery& into, Items& items) {
  Json& query = ref["subquery"]["node"];
  TRY_ASSIGN(const TracedQuery part, Query(query, scope));
  TRY(AppendExtras(query, part, parse_));
  FromItem item;
  item.alias = Lower(MemberText(ref, "alias"));
  item.columns = part.columns;
  item.ids = NamesOf(part.extras);
  RenameColumns(item, ref["column_name_alias"]);
  if (into.extras.empty() && into.opaque.empty()) into.opaque = part.opaque;
  into.Take(part);
  items.push_back(std::move(item));
  return {};
}

Status RowTracer::TableFunction(Json& ref, const Scope& scope, TracedQuery& into, Items& items) {
  const std::string name = Lower(MemberText(ref["function"], "function_name"));
  if (!IsPureTableFunction(name)) return None("the table function " + name);
  FromItem item;
  item.alias = Lower(Has(ref, "alias") ? MemberText(ref, "alias") : name);
  RenameColumns(item, ref["column_name_alias"]);
  items.push_back(std::move(item));
  Leave(ref["function"], scope, "in an expression", into);
  return {};
}

// Puts `(SELECT select) AS alias` where a table stood, with what else the table had.
Status RowTracer::Replace(Json& ref, const std::string& select) {
  TRY_ASSIGN(const Json query,
             parse_("SELECT * FROM (SELECT " + select + ") AS " + QuoteName(AliasOf(ref))));
  Json subquery = query["from_table"];
  for (const char* member : {"sample", "column_name_alias", "query_location"}) {
    if (ref.contains(member)) subquery[member] = ref[member];
  }
  ref = std::move(subquery);
  return {};
}

// Goes through a part that stays as it is, for the tables that it reads.
void RowTracer::Leave(const Json& node, Scope scope, const std::string& why, TracedQuery& into) {
  if (node.is_array()) {
    for (const Json& element : node) Leave(element, scope, why, into);
  }
  if (!node.is_object()) return;
  if (MemberText(node, "type") == "BASE_TABLE") LeaveTable(node, scope, why, into);
  if (Has(node, "cte_map") && Has(node["cte_map"], "map")) {
    for (const Json& entry : node["cte_map"]["map"]) {
      const std::string name = Lower(MemberText(entry, "key"));
      Scope inner = scope;
      if (MemberText(entry["value"]["query"]["node"], "type") == "RECURSIVE_CTE_NODE") {
        inner[name] = {};
      }
      Leave(entry["value"], std::move(inner), why, into);
      scope[name] = {};
    }
  }
  for (const auto& [key, member] : node.items()) {
    if (key != "cte_map") Leave(member, scope, why, into);
  }
}

void RowTracer::LeaveTable(const Json& ref, const Scope& scope, const std::string& why,
                           TracedQuery& into) {
  if (!Has(ref, "schema_name") && !Has(ref, "catalog_name")) {
    const auto found = scope.find(Lower(MemberText(ref, "table_name")));
    if (found != scope.end()) {
      const TracedQuery& cte = found->second.traced;
      for (const Extra& extra : cte.extras) {
        if (!extra.is_branch) into.Note(extra.source.input, why);
      }
      for (const auto& table : cte.untraced) into.Note(table.input, table.why);
      if (!cte.extras.empty()) read_plain_.insert(found->second.name);
      return;
    }
  }
  if (const TracedInput* input = FindInput(ref)) into.Note(input->name, why);
}

}  // namespace assay::engine
