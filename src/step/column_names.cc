#include "step/column_names.h"

#include <algorithm>

#include "base/letter_case.h"
#include "base/type.h"

namespace assay::step {

Status CheckNamedOnce(const std::string& param, const std::vector<std::string>& columns) {
  std::vector<std::string> seen;
  for (const std::string& column : columns) {
    if (HasName(seen, column)) {
      return Error{ErrorCode::kUser, "`" + param + "` names a column twice: " + column,
                   "name it once; SQL does not look at case"};
    }
    seen.push_back(column);
  }
  return {};
}

Status CheckNewName(const std::string& name) {
  if (name.empty()) return Error{ErrorCode::kUser, "a column needs a name", "write one"};
  if (IsReservedColumn(name)) {
    return Error{ErrorCode::kUser, "Assay keeps this name for itself: " + name,
                 "give the column another name"};
  }
  return {};
}

Status CheckNewNames(const std::string& param, const std::vector<std::string>& names) {
  for (const std::string& name : names) TRY(CheckNewName(name));
  return CheckNamedOnce(param, names);
}

bool HasName(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& each) { return Lower(each) == Lower(name); });
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace assay::step
