#include "engine/duckdb/traced_query.h"

#include <algorithm>
#include <utility>

#include "engine/duckdb/tree_node.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

class Appender {
 public:
  Appender(const std::vector<Extra>& extras, const std::vector<Leaf>& leaves,
           const ParseQuery& parse)
      : extras_(extras), leaves_(leaves), parse_(parse) {}

  Status Append(Json& node) {
    if (!IsUnionAll(node)) return AppendToLeaf(node, leaves_.at(next_++));
    TRY(Append(node["left"]));
    TRY(Append(node["right"]));
    return MemberText(node, "setop_type") == "UNION_BY_NAME" ? WrapByName(node) : Status();
  }

 private:
  std::string ListFor(const Leaf& leaf) const;
  Status AppendToLeaf(Json& node, const Leaf& leaf) const;
  Status WrapByName(Json& node) const;

  const std::vector<Extra>& extras_;
  const std::vector<Leaf>& leaves_;
  const ParseQuery& parse_;
  std::size_t next_ = 0;
};

std::string Appender::ListFor(const Leaf& leaf) const {
  std::string list;
  for (const Extra& extra : extras_) {
    const std::string name = QuoteName(extra.name);
    if (!list.empty()) list += ", ";
    if (!leaf.extras.contains(extra.name)) {
      list += std::string("NULL::") + (extra.is_branch ? "UINTEGER" : "UBIGINT") + " AS " + name;
    } else if (extra.name == leaf.branch_column) {
      list += std::to_string(leaf.branch) + "::UINTEGER AS " + name;
    } else {
      list += name;
    }
  }
  return list;
}

Status Appender::AppendToLeaf(Json& node, const Leaf& leaf) const {
  const std::string list = ListFor(leaf);
  if (leaf.is_opaque || MemberText(node, "type") != "SELECT_NODE") {
    TRY_ASSIGN(Json query, parse_("SELECT *, " + list + " FROM (SELECT 1) AS _assay_left"));
    query["from_table"]["subquery"]["node"] = std::move(node);
    node = std::move(query);
    return {};
  }
  TRY_ASSIGN(const Json query, parse_("SELECT " + list));
  for (const Json& item : query["select_list"]) node["select_list"].push_back(item);
  return {};
}

// BY NAME puts columns that only a later branch has behind the ids. ORDER BY and LIMIT move out, so
// that a position in ORDER BY counts the user's columns.
Status Appender::WrapByName(Json& node) const {
  const std::string names = NameList(NamesOf(extras_));
  TRY_ASSIGN(Json query, parse_("SELECT * EXCLUDE (" + names + "), " + names +
                                " FROM (SELECT 1) AS _assay_union"));
  std::swap(query["modifiers"], node["modifiers"]);
  std::swap(query["cte_map"], node["cte_map"]);
  query["from_table"]["subquery"]["node"] = std::move(node);
  node = std::move(query);
  return {};
}

}  // namespace

Error None(std::string reason) { return Error{ErrorCode::kUser, std::move(reason), ""}; }

std::vector<std::string> NamesOf(const std::vector<Extra>& extras) {
  std::vector<std::string> names;
  names.reserve(extras.size());
  for (const Extra& extra : extras) names.push_back(extra.name);
  return names;
}

void TracedQuery::Note(const std::string& input, const std::string& why) {
  for (const auto& known : untraced) {
    if (known.input == input && known.why == why) return;
  }
  untraced.push_back({input, why});
}

void TracedQuery::Take(const TracedQuery& part) {
  extras.insert(extras.end(), part.extras.begin(), part.extras.end());
  joins = joins || part.joins;
  expands = expands || part.expands;
  unions = unions || part.unions;
  for (const auto& table : part.untraced) Note(table.input, table.why);
}

Status AppendExtras(Json& query, const TracedQuery& traced, const ParseQuery& parse) {
  if (traced.extras.empty()) return {};
  std::vector<Extra> extras = traced.extras;
  std::stable_partition(extras.begin(), extras.end(),
                        [](const Extra& extra) { return !extra.is_branch; });
  return Appender(extras, traced.leaves, parse).Append(query);
}

}  // namespace assay::engine
