/// Rewrites the parse tree of a query so that each of its rows tells from which rows of the tables
/// in FROM it came.
///
/// A table becomes `(SELECT columns, id FROM …) AS alias`. Its id, under a name of its own, is
/// appended to the select lists that it passes on its way up; stars leave it out. Branches of a
/// UNION ALL have the ids of all of them, null where they are another branch's.
///
/// `WITH w AS (…)` becomes `_assay_with_1 AS (SELECT ids, the user's columns …)`. A FROM that is
/// traced names that one, with a list of fresh names for the ids. Where `w` is named elsewhere, in
/// an expression or an aggregate, it stays and reads the other: nothing is computed twice, so
/// random() and LIMIT are the same for all.
///
/// Whatever is not known here makes an error, whose message is the reason that a person reads.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/duckdb/from_item.h"
#include "engine/duckdb/traced_query.h"
#include "engine/row_trace.h"

namespace assay::engine {

class RowTracer {
 public:
  RowTracer(const std::vector<TracedInput>& inputs, const ParseQuery& parse)
      : inputs_(inputs), parse_(parse) {}

  /// Rewrites a query node, all but its select lists' ids.
  Result<TracedQuery> Query(Json& node) { return Query(node, {}); }
  /// Takes out the definitions without ids that nothing reads.
  void DropUnread(Json& node) const;

 private:
  // A name that WITH has defined.
  struct Cte {
    std::string name;  // under which it has its ids, in the order of the extras, then its columns
    TracedQuery traced;
    std::string refusal;  // why it cannot stand in a FROM that is traced
  };

  using Scope = std::map<std::string, Cte>;
  using Items = std::vector<FromItem>;

  Result<TracedQuery> Query(Json& node, const Scope& scope);
  Result<TracedQuery> Select(Json& node, Scope scope);
  Result<TracedQuery> Union(Json& node, const Scope& scope);
  Status TakeLeaves(Json& node, Scope scope, const std::string& branch_column, TracedQuery& into);
  Status RefuseStars(const Json& modifiers) const;
  Status CheckNames(const Json& select, const Items& items) const;

  // WITH
  Result<Scope> Define(Json& node, Scope scope);
  Status DefineOne(Json& entry, Scope& scope, Json& definitions);
  Status DefineTraced(const Json& entry, Json query, Cte& cte, Json& definitions);

  // FROM, in row_tracer_from.cc
  Status From(Json& ref, const Scope& scope, TracedQuery& into, Items& items);
  Status Join(Json& ref, const Scope& scope, TracedQuery& into, Items& items);
  Status Table(Json& ref, const Scope& scope, TracedQuery& into, Items& items);
  Status CteTable(Json& ref, const Cte& cte, TracedQuery& into, Items& items);
  Status Subquery(Json& ref, const Scope& scope, TracedQuery& into, Items& items);
  Status TableFunction(Json& ref, const Scope& scope, TracedQuery& into, Items& items);
  Status Replace(Json& ref, const std::string& select);
  bool IsMisread(const Json& join, const Scope& scope) const;

  // What stays as it is, in row_tracer_from.cc
  void Leave(const Json& node, Scope scope, const std::string& why, TracedQuery& into);
  void LeaveTable(const Json& ref, const Scope& scope, const std::string& why, TracedQuery& into);

  const TracedInput* FindInput(const Json& table) const;
  std::string Fresh(const char* stem) { return stem + std::to_string(++names_); }

  const std::vector<TracedInput>& inputs_;
  const ParseQuery& parse_;
  int names_ = 0;
  std::set<std::string> read_plain_;  // Cte::name of those that something reads without ids
};

}  // namespace assay::engine
