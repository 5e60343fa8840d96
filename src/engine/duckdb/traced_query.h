/// What tracing knows of a query whose FROM has been rewritten, and the step that puts the ids into
/// its select lists.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/duckdb/from_item.h"
#include "engine/row_trace.h"

namespace assay::engine {

/// Names within a rewritten tree; those that reach the top are renamed at the end.
inline constexpr char kIdStem[] = "_assay_id_";
inline constexpr char kBranchStem[] = "_assay_in_";
inline constexpr char kWithStem[] = "_assay_with_";

/// The reason why a query has no ids, on its way up.
Error None(std::string reason);

/// A column that tracing adds.
struct Extra {
  std::string name;
  bool is_branch = false;
  Trace::Source source;  ///< of an id
};

std::vector<std::string> NamesOf(const std::vector<Extra>& extras);

/// One SELECT of those that UNION ALL puts together; a query without one has one leaf.
struct Leaf {
  std::set<std::string> extras;  ///< names of those that it has
  std::string branch_column;
  int branch = 0;
  bool is_opaque = false;  ///< takes no further columns in its select list
};

/// The extras are at hand in the leaves, not yet in their select lists.
struct TracedQuery {
  std::vector<Extra> extras;
  std::vector<Leaf> leaves;
  std::vector<std::string> columns;  ///< for certain, in small letters
  bool joins = false;
  bool expands = false;
  bool unions = false;
  std::vector<Trace::Untraced> untraced;
  std::string opaque;  ///< why its rows stand for many; it was left as it is then

  void Note(const std::string& input, const std::string& why);
  /// Takes over all but the columns and leaves of what stands in FROM.
  void Take(const TracedQuery& part);
};

/// Puts the extras behind the columns of every select list of a query: the ids, then the branches.
Status AppendExtras(Json& query, const TracedQuery& traced, const ParseQuery& parse);

}  // namespace assay::engine
