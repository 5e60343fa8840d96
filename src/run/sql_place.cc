#include "run/sql_place.h"

#include <cctype>
#include <optional>

namespace assay::run {
namespace {

bool IsOfName(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// `NAME` of `what is wrong: NAME`, and of `what is wrong: NAME(BIGINT)`.
std::string NameAtEnd(const std::string& message) {
  const std::size_t colon = message.rfind(": ");
  if (colon == std::string::npos) return "";
  const std::string last = message.substr(colon + 2);
  std::size_t end = 0;
  while (end < last.size() && IsOfName(last[end])) ++end;
  const bool is_name = end > 0 && std::isdigit(static_cast<unsigned char>(last[0])) == 0;
  return is_name && (end == last.size() || last[end] == '(') ? last.substr(0, end) : "";
}

std::optional<std::size_t> FindOnce(const std::string& text, const std::string& name) {
  std::optional<std::size_t> found;
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at > 0 && IsOfName(text[at - 1])) || (end < text.size() && IsOfName(text[end]))) continue;
    if (found) return std::nullopt;
    found = at;
  }
  return found;
}

}  // namespace

contract::Place PlaceInSql(const contract::Declared& step, const std::string& message) {
  const auto start = step.text_places.find("sql");
  const std::string name = NameAtEnd(message);
  if (name.empty() || start == step.text_places.end() || !step.params.contains("sql")) {
    return step.place;
  }
  const std::string text = step.params["sql"].get<std::string>();
  const auto at = FindOnce(text, name);
  return at ? start->second.Of(text, *at) : step.place;
}

}  // namespace assay::run
