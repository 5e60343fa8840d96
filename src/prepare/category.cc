#include "prepare/category.h"

#include <charconv>

namespace assay::prepare {

Status NeedsCategories(const TransformContext& context) {
  const TypeKind kind = context.type.kind;
  if (kind == TypeKind::kString || kind == TypeKind::kBool || IsInteger(context.type)) return {};
  return Error{ErrorCode::kUser,
               "`" + context.column + "` has no categories, it is " + TypeText(context.type),
               IsMoment(context.type) ? "take parts of it with `calendar` before"
                                      : "put it into intervals with `bucketize` before"};
}

Result<Categories> Categories::Of(const std::vector<std::string>& texts, const Type& type) {
  Categories all;
  all.type_ = type;
  for (const std::string& text : texts) {
    const auto place = static_cast<std::int64_t>(all.cells_.size());
    bool is_new = false, is_value = true;
    if (type.kind == TypeKind::kString) {
      is_new = all.texts_.emplace(text, place).second;
      is_value = text.find('\0') == std::string::npos;
      all.cells_.emplace_back(text);
    } else {
      std::int64_t number = text == "true" ? 1 : 0;
      if (type.kind != TypeKind::kBool) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        is_value = error == std::errc() && end == text.data() + text.size();
      } else {
        is_value = text == "true" || text == "false";
      }
      is_new = all.numbers_.emplace(number, place).second;
      all.cells_.emplace_back(number);
    }
    if (is_new && is_value) continue;
    return Error{
        ErrorCode::kData,
        (is_value ? "a category is there twice: " : "no category of this column's type: ") +
            (type.kind == TypeKind::kString && !is_value ? "a text with a zero byte" : text),
        ""};
  }
  return all;
}

std::int64_t Categories::Find(const Cell& value) const {
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto found = texts_.find(*text);
    return found == texts_.end() ? -1 : found->second;
  }
  const auto found = numbers_.find(std::get<std::int64_t>(value));
  return found == numbers_.end() ? -1 : found->second;
}

std::string Categories::PlaceSql(const std::string& x) const {
  std::string list;
  for (const Cell& cell : cells_) list += (list.empty() ? "" : ", ") + CellSql(cell, type_);
  return "coalesce(list_position([" + list + "], " + x + "), 0)";
}

std::vector<Cell> Categories::Strangers() const {
  std::vector<Cell> strangers;
  if (type_.kind == TypeKind::kBool) return strangers;
  if (type_.kind == TypeKind::kString) {
    strangers.emplace_back(std::string("unseen category"));
    strangers.emplace_back(std::string());
    for (const Cell& cell : cells_) {
      strangers.emplace_back(std::get<std::string>(cell) + " ");
      if (strangers.size() > 4) break;
    }
    return strangers;
  }
  for (const Cell& cell : cells_) {
    strangers.push_back(cell);
    if (strangers.size() > 2) break;
  }
  return strangers;
}

}  // namespace assay::prepare
