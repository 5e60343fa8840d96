#include "engine/duckdb/tree_node.h"

#include <algorithm>

namespace assay::engine {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
  });
  return text;
}

std::string TextOf(const Json& node, const char* member) {
  if (!node.is_object()) return "";
  const auto found = node.find(member);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

bool Has(const Json& node, const char* member) {
  if (!node.is_object()) return false;
  const auto found = node.find(member);
  if (found == node.end() || found->is_null()) return false;
  if (found->is_string()) return !found->get_ref<const std::string&>().empty();
  return !(found->is_structured() && found->empty());
}

bool IsClass(const Json& node, const char* name) { return TextOf(node, "class") == name; }

std::string AliasOf(const Json& table) {
  return Has(table, "alias") ? TextOf(table, "alias") : TextOf(table, "table_name");
}

bool IsUnionAll(const Json& query) {
  const std::string kind = TextOf(query, "setop_type");
  return TextOf(query, "type") == "SET_OPERATION_NODE" && query.value("setop_all", false) &&
         (kind == "UNION" || kind == "UNION_BY_NAME");
}

}  // namespace assay::engine
