#include "engine/duckdb/tree_node.h"

namespace assay::engine {

bool Has(const Json& node, const char* member) {
  if (!node.is_object()) return false;
  const auto found = node.find(member);
  if (found == node.end() || found->is_null()) return false;
  if (found->is_string()) return !found->get_ref<const std::string&>().empty();
  return !(found->is_structured() && found->empty());
}

bool IsClass(const Json& node, const char* name) { return MemberText(node, "class") == name; }

std::string AliasOf(const Json& table) {
  return Has(table, "alias") ? MemberText(table, "alias") : MemberText(table, "table_name");
}

bool IsUnionAll(const Json& query) {
  const std::string kind = MemberText(query, "setop_type");
  return MemberText(query, "type") == "SET_OPERATION_NODE" && query.value("setop_all", false) &&
         (kind == "UNION" || kind == "UNION_BY_NAME");
}

}  // namespace assay::engine
