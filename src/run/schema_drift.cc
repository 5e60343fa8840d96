#include "run/schema_drift.h"

namespace assay::run {

std::vector<ColumnChange> ColumnChanges(const Schema& before, const Schema& after) {
  std::vector<ColumnChange> changes;
  for (const Field& field : after) {
    const Field* old = FindField(before, field.name);
    const std::string was = old == nullptr ? "" : TypeText(old->type);
    const std::string is = TypeText(field.type);
    if (was != is) changes.push_back({field.name, was, is});
  }
  for (const Field& field : before) {
    if (FindField(after, field.name) != nullptr) continue;
    changes.push_back({field.name, TypeText(field.type), ""});
  }
  return changes;
}

std::string ColumnChangesText(const std::vector<ColumnChange>& changes) {
  std::string text;
  for (const ColumnChange& change : changes) {
    text += (text.empty() ? "" : ", ") + change.column;
    if (change.before.empty()) {
      text += " is new (" + change.after + ")";
    } else if (change.after.empty()) {
      text += " is gone";
    } else {
      text += " was " + change.before + " and is " + change.after;
    }
  }
  return text;
}

Json ColumnChangesJson(const std::vector<ColumnChange>& changes) {
  const auto or_null = [](const std::string& type) { return type.empty() ? Json() : Json(type); };
  Json list = Json::array();
  for (const ColumnChange& change : changes) {
    list.push_back(Json{{"column", change.column},
                        {"before", or_null(change.before)},
                        {"after", or_null(change.after)}});
  }
  return list;
}

}  // namespace assay::run
