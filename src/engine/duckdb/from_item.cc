#include "engine/duckdb/from_item.h"

#include <algorithm>
#include <set>

#include "engine/duckdb/tree_node.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

using Names = std::set<std::string>;

bool AnyHasColumn(const std::vector<FromItem>& items, const std::string& name) {
  return std::any_of(items.begin(), items.end(),
                     [&](const FromItem& item) { return HasColumn(item, name); });
}

// The parts of a column's name, in small letters.
std::vector<std::string> PartsOf(const Json& column) {
  std::vector<std::string> parts;
  const Json names = column.value("column_names", Json::array());
  for (const Json& name : names) parts.push_back(Lower(name.get<std::string>()));
  return parts;
}

// Columns that a star takes for certain.
std::vector<std::string> StarColumns(const Json& star, const std::vector<FromItem>& items) {
  if (Has(star, "expr") || Has(star, "alias")) return {};
  const std::string relation = Lower(MemberText(star, "relation_name"));
  Names gone;
  const Json excluded = star.value("exclude_list", Json::array());
  for (const Json& name : excluded) {
    if (name.is_string()) gone.insert(Lower(name.get<std::string>()));
  }
  const Json qualified = star.value("qualified_exclude_list", Json::array());
  for (const Json& name : qualified) gone.insert(Lower(MemberText(name, "column")));
  std::vector<std::string> columns;
  const Json renamed = star.value("rename_list", Json::array());
  for (const Json& rename : renamed) {
    gone.insert(Lower(MemberText(rename.value("key", Json()), "column")));
    columns.push_back(Lower(MemberText(rename, "value")));
  }
  for (const FromItem& item : items) {
    if (!relation.empty() && item.alias != relation) continue;
    for (const std::string& column : item.columns) {
      if (!gone.contains(column)) columns.push_back(column);
    }
  }
  return columns;
}

class IdHider {
 public:
  IdHider(const std::vector<FromItem>& items, const ParseQuery& parse)
      : items_(items), parse_(parse) {}

  Status Hide(Json& node) const {
    if (node.is_array()) {
      for (Json& element : node) TRY(Hide(element));
    }
    if (!node.is_object()) return {};
    if (IsClass(node, "STAR")) return HideInStar(node);
    const bool is_subquery = IsClass(node, "SUBQUERY");
    for (auto& [key, member] : node.items()) {
      if (!is_subquery || key != "subquery") TRY(Hide(member));
    }
    return {};
  }

  // A bare star alone in ORDER BY means all columns of the select list; the ids come last there.
  Status HideInModifier(Json& modifier) const {
    if (MemberText(modifier, "type") != "ORDER_MODIFIER") return Hide(modifier);
    Json& orders = modifier["orders"];
    if (orders.size() != 1) return Hide(orders);
    const Json& star = orders[0]["expression"];
    if (IsBareStar(star)) return {};
    // The engine takes these two for ORDER BY ALL, too.
    if (IsClass(star, "STAR") &&
        (Has(star, "rename_list") || Has(star, "qualified_exclude_list"))) {
      return Error{ErrorCode::kUser, "ORDER BY of a star with EXCLUDE or RENAME", ""};
    }
    return Hide(orders);
  }

 private:
  Status HideInStar(Json& star) const {
    if (Has(star, "replace_list")) TRY(Hide(star["replace_list"]));
    if (Has(star, "expr")) return HideInChoice(star);
    const std::string relation = Lower(MemberText(star, "relation_name"));
    for (const FromItem& item : items_) {
      if (!relation.empty() && item.alias != relation) continue;
      for (const std::string& id : item.ids) star["exclude_list"].push_back(id);
    }
    return {};
  }

  // COLUMNS of a list of names needs nothing, of a function that chooses from a star it does; a
  // regular expression becomes such a function.
  Status HideInChoice(Json& star) const {
    Json& choice = star["expr"];
    if (!IsClass(choice, "CONSTANT")) return Hide(choice);
    const Json constant = choice["value"];
    if (!constant.contains("value") || !constant["value"].is_string()) return {};
    const std::string alias = MemberText(star, "alias");
    if (Has(star, "relation_name") || alias.find('\\') != std::string::npos) {
      return Error{ErrorCode::kUser, "COLUMNS of a regular expression with an alias or a table",
                   ""};
    }
    TRY_ASSIGN(const Json query, parse_("SELECT COLUMNS(name -> regexp_matches(name, " +
                                        QuoteText(constant["value"].get<std::string>()) + "))"));
    choice = query["select_list"][0]["expr"];
    return Hide(choice);
  }

  const std::vector<FromItem>& items_;
  const ParseQuery& parse_;
};

class WholeRows {
 public:
  explicit WholeRows(const std::vector<FromItem>& items) : items_(items) {}

  // `bound` are the parameters of lambdas around the node.
  Status Refuse(const Json& node, const Names& bound) const {
    if (node.is_array()) {
      for (const Json& element : node) TRY(Refuse(element, bound));
    }
    if (!node.is_object()) return {};
    if (IsClass(node, "LAMBDA")) return RefuseInLambda(node, bound);
    if (IsClass(node, "COLUMN_REF")) {
      const auto parts = PartsOf(node);
      if (parts.size() == 1) return RefuseName(parts[0], "", bound);
      return parts.size() == 2 ? RefuseName(parts[1], parts[0], {}) : Status();
    }
    // `t.f()` is the function f of the column or table t.
    if (IsClass(node, "FUNCTION") && Has(node, "schema")) {
      TRY(RefuseName(Lower(MemberText(node, "schema")), Lower(MemberText(node, "catalog")), bound));
    }
    for (const auto& [key, member] : node.items()) TRY(Refuse(member, bound));
    return {};
  }

 private:
  Status RefuseInLambda(const Json& node, Names bound) const {
    const std::function<void(const Json&)> bind = [&](const Json& parameter) {
      if (IsClass(parameter, "COLUMN_REF")) bound.insert(PartsOf(parameter).back());
      if (parameter.is_structured()) {
        for (const Json& member : parameter) bind(member);
      }
    };
    if (node.contains("lhs")) bind(node["lhs"]);
    return node.contains("expr") ? Refuse(node["expr"], bound) : Status();
  }

  Status RefuseName(const std::string& name, const std::string& schema, const Names& bound) const {
    if (bound.contains(name) || (schema.empty() && AnyHasColumn(items_, name))) return {};
    for (const FromItem& item : items_) {
      const bool is_meant = item.alias == name && (schema.empty() || item.schema == schema);
      if (item.ids.empty() || !is_meant) continue;
      return Error{ErrorCode::kUser, "a whole row as one value: " + name, ""};
    }
    return {};
  }

  const std::vector<FromItem>& items_;
};

const FromItem* SchemaOf(const Json& column, const std::vector<FromItem>& items) {
  const auto parts = PartsOf(column);
  if (parts.size() < 3) return nullptr;
  for (const FromItem& item : items) {
    if (!item.schema.empty() && item.schema == parts[0] && item.alias == parts[1] &&
        HasColumn(item, parts[2])) {
      return &item;
    }
  }
  return nullptr;
}

}  // namespace

bool IsBareStar(const Json& node) {
  return IsClass(node, "STAR") && !Has(node, "exclude_list") && !Has(node, "replace_list") &&
         !Has(node, "expr") && !Has(node, "rename_list") && !Has(node, "qualified_exclude_list");
}

bool HasColumn(const FromItem& item, const std::string& name) {
  return std::find(item.columns.begin(), item.columns.end(), name) != item.columns.end();
}

void RenameColumns(FromItem& item, const Json& names) {
  if (!names.is_array() || names.empty()) return;
  if (!item.has_all) item.columns.clear();
  if (item.columns.size() < names.size()) item.columns.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    item.columns[i] = Lower(names[i].get<std::string>());
  }
}

std::vector<std::string> OutputColumns(const Json& select, const std::vector<FromItem>& items) {
  std::vector<std::string> columns;
  for (const Json& item : select["select_list"]) {
    if (IsClass(item, "STAR")) {
      const auto taken = StarColumns(item, items);
      columns.insert(columns.end(), taken.begin(), taken.end());
    } else if (Has(item, "alias")) {
      columns.push_back(Lower(MemberText(item, "alias")));
    } else if (IsClass(item, "COLUMN_REF")) {
      columns.push_back(PartsOf(item).back());
    }
  }
  return columns;
}

Status HideIds(Json& select, const std::vector<FromItem>& items, const ParseQuery& parse) {
  const IdHider hider(items, parse);
  for (const char* part : {"select_list", "where_clause", "qualify"}) {
    if (Has(select, part)) TRY(hider.Hide(select[part]));
  }
  for (Json& modifier : select["modifiers"]) TRY(hider.HideInModifier(modifier));
  return {};
}

Status RefuseWholeRows(const Json& select, const std::vector<FromItem>& items) {
  const WholeRows whole(items);
  for (const auto& [key, member] : select.items()) {
    // A WITH does not see the FROM beside it.
    if (key != "cte_map") TRY(whole.Refuse(member, {}));
  }
  return {};
}

void DropSchemas(Json& node, const std::vector<FromItem>& items) {
  if (IsClass(node, "COLUMN_REF") && SchemaOf(node, items) != nullptr) {
    node["column_names"].erase(0);
    return;
  }
  if (!node.is_structured()) return;
  for (Json& member : node) DropSchemas(member, items);
}

bool NamesSchema(const Json& node, const std::vector<FromItem>& items) {
  if (IsClass(node, "COLUMN_REF") && SchemaOf(node, items) != nullptr) return true;
  if (!node.is_structured()) return false;
  return std::any_of(node.begin(), node.end(),
                     [&](const Json& member) { return NamesSchema(member, items); });
}

}  // namespace assay::engine
