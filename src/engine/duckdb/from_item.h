/// What stands in the FROM of a SELECT that is being traced, as its expressions may name it: the
/// columns that a star takes, and those that it must not. Knows nothing of a running engine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay::engine {

/// Parses one SELECT; gives its query node.
using ParseQuery = std::function<Result<Json>(const std::string& sql)>;

struct FromItem {
  std::string alias;   ///< the name that it goes by, in small letters
  std::string schema;  ///< where a table was named with one and has no other name; small letters
  /// Columns that it has for certain, in small letters; there may be more.
  std::vector<std::string> columns;
  bool has_all = false;          ///< `columns` are all, in order
  std::vector<std::string> ids;  ///< columns that tracing has added
};

/// Whether it has a column for certain; a name in small letters.
bool HasColumn(const FromItem& item, const std::string& name);

/// `columns` as an alias with a list of names (`t(a, b)`) calls them.
void RenameColumns(FromItem& item, const Json& names);

/// Columns that a SELECT has for certain, in small letters.
std::vector<std::string> OutputColumns(const Json& select, const std::vector<FromItem>& items);

/// A star that stands alone in ORDER BY means all columns of the select list where this is true.
bool IsBareStar(const Json& node);

/// Takes the ids out of every star of a SELECT. An error tells which star cannot be understood.
Status HideIds(Json& select, const std::vector<FromItem>& items, const ParseQuery& parse);

/// An error where an expression, also of a subquery, takes a table with ids for one value
/// (`SELECT t FROM t`).
Status RefuseWholeRows(const Json& select, const std::vector<FromItem>& items);

/// `schema.table.column` becomes `table.column` where the table is now a subquery.
void DropSchemas(Json& node, const std::vector<FromItem>& items);

/// Whether some column is named as `schema.table.column` of one of the items.
bool NamesSchema(const Json& node, const std::vector<FromItem>& items);

}  // namespace assay::engine
