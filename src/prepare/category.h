/// Categories of a column, as `one_hot` and `ordinal` know them.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "prepare/transform.h"

namespace assay::prepare {

/// An error that names the column, where the type has no categories: text, integers and booleans
/// have.
Status NeedsCategories(const TransformContext& context);

/// Categories in their order; finds a cell's place.
class Categories {
 public:
  /// `texts` as `CellText` writes them.
  static Result<Categories> Of(const std::vector<std::string>& texts, const Type& type);

  std::size_t size() const { return cells_.size(); }
  /// The place of a value, or -1 for one that is not among them; it is not null.
  std::int64_t Find(const Cell& value) const;
  /// SQL of the place of `x`, counted from 1; 0 for null and for what is not among them. It is one
  /// function of `x` and constants, which the engine works out once for each entry of a dictionary.
  std::string PlaceSql(const std::string& x) const;
  /// A value that is no category, and one that differs from one by little.
  std::vector<Cell> Strangers() const;

 private:
  Type type_;
  std::vector<Cell> cells_;
  std::unordered_map<std::string, std::int64_t> texts_;
  std::unordered_map<std::int64_t, std::int64_t> numbers_;
};

}  // namespace assay::prepare
