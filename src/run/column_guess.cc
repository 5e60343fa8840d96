#include "run/column_guess.h"

#include <algorithm>

#include "base/letter_case.h"

namespace assay::run {
namespace {

bool IsDayOrTime(const Type& type) {
  return type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestamp ||
         type.kind == TypeKind::kTimestampUtc;
}

bool IsNameOfLabel(const std::string& name) {
  const std::string lower = Lower(name);
  for (const char* word : {"label", "target", "class", "y", "outcome", "late", "spam", "churn",
                           "churned", "fraud", "is_fraud", "default", "diagnosis", "species",
                           "survived", "sentiment", "category", "result"}) {
    if (lower == word) return true;
  }
  return lower.ends_with("_label") || lower.ends_with("_class") || lower.ends_with("_target");
}

}  // namespace

bool IsNested(const Type& type) { return type.kind >= TypeKind::kList; }

Classes ClassesOf(const SeenColumn& column) {
  constexpr std::int64_t kMostClasses = 20;
  const stats::ColumnProfile& profile = column.profile;
  const TypeKind kind = column.type.kind;
  const bool may_be =
      kind == TypeKind::kBool || kind == TypeKind::kString || IsInteger(column.type);
  Classes classes;
  if (!may_be || profile.distinct < 2 || profile.distinct > kMostClasses) return classes;
  if (static_cast<std::int64_t>(profile.top.size()) != profile.distinct) return classes;
  for (const auto& [value, rows] : profile.top) {
    if (value.cut) return {};
    classes.emplace_back(value.text, rows);
  }
  return classes;
}

std::int64_t FewestOf(const Classes& classes) {
  std::int64_t fewest = classes.at(0).second;
  for (const auto& [value, rows] : classes) fewest = std::min(fewest, rows);
  return fewest;
}

const SeenColumn* FindLabel(const SeenSource& source) {
  const auto is_key = [&](const SeenColumn& column) {
    return std::find(source.key.begin(), source.key.end(), column.name) != source.key.end();
  };
  for (const SeenColumn& column : source.columns) {
    if (IsNameOfLabel(column.name) && !is_key(column) && !ClassesOf(column).empty()) return &column;
  }
  if (source.columns.empty()) return nullptr;
  const SeenColumn& last = source.columns.back();
  // Each class more than once: two values that differ are no classes.
  const Classes classes = ClassesOf(last);
  return !is_key(last) && !classes.empty() && FewestOf(classes) > 1 ? &last : nullptr;
}

Classes CategoriesOf(const SeenColumn& column) {
  constexpr std::int64_t kSeveral = 5;
  if (column.type.kind != TypeKind::kString || column.has_variants) return {};
  Classes classes = ClassesOf(column);
  if (!classes.empty() && FewestOf(classes) < kSeveral) classes.clear();
  std::sort(classes.begin(), classes.end());
  return classes;
}

const SeenColumn* FindTime(const SeenSource& source) {
  for (const SeenColumn& column : source.columns) {
    if (IsDayOrTime(column.type) && column.profile.nulls == 0 && column.profile.distinct > 2) {
      return &column;
    }
  }
  return nullptr;
}

std::string DayAt(const SeenColumn& column, const std::string& share) {
  constexpr std::size_t kDay = 10;
  for (const auto& [at, value] : column.profile.quantiles) {
    if (at == share && value.size() >= kDay && value[4] == '-') return value.substr(0, kDay);
  }
  return "";
}

std::vector<std::string> SplitColumns(const SeenSource& source) {
  if (!source.key.empty()) return source.key;
  constexpr std::size_t kEnough = 4;
  std::vector<const SeenColumn*> columns;
  for (const SeenColumn& column : source.columns) {
    if (!IsNested(column.type)) columns.push_back(&column);
  }
  std::stable_sort(columns.begin(), columns.end(), [](const SeenColumn* a, const SeenColumn* b) {
    return a->profile.distinct > b->profile.distinct;
  });
  if (columns.size() > kEnough) columns.resize(kEnough);
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const SeenColumn* column : columns) names.push_back(column->name);
  return names;
}

bool CanBeSplit(const SeenSource& source, const std::vector<std::string>& columns) {
  constexpr double kEnough = 10;
  double different = 1;
  for (const SeenColumn& column : source.columns) {
    if (std::find(columns.begin(), columns.end(), column.name) == columns.end()) continue;
    different *= static_cast<double>(std::max<std::int64_t>(column.profile.distinct, 1));
  }
  return std::min(different, static_cast<double>(source.rows)) >= kEnough;
}

}  // namespace assay::run
