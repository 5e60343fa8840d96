/// Where the rows of a query come from: the same query with one id column more for each table in
/// FROM, or the reason why there is none (docs/design/0006).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::engine {

/// A table whose rows have ids.
struct TracedInput {
  std::string name;  ///< as SQL calls it: `unique`, `plausible.refused`
  /// A table expression with the user's columns and beside them `file_index` and
  /// `file_row_number`, as `ReadParquet` has: within stored files, or a subselect. It must name no
  /// table that a WITH of the query could hide.
  std::string table;
  std::vector<std::string> columns;  ///< the user's
};

/// What a query does to rows, and how it tells where each of its rows came from.
struct Trace {
  /// The strongest of what the query does, in this order.
  enum class Kind {
    kRowLocal,   ///< filters, computes, sorts: a row comes from one row
    kJoin,       ///< a row comes from one row of each table
    kExpanding,  ///< UNNEST and the like: several rows may come from one
    kUnion,      ///< UNION ALL: a row comes from one of the branches
    kAggregate,  ///< a row stands for many: no ids
    kNone,       ///< not understood: no ids
  };

  /// An instance of a table in FROM; the same table may have several.
  struct Source {
    std::string input;   ///< TracedInput::name
    std::string column;  ///< of `query`, UBIGINT: file index << 40 | row number
    /// Within a UNION ALL: the column (UINTEGER) of the innermost one that says from which of its
    /// branches a row came, and the branch of this source, from 1. Both are null, like the id,
    /// in rows of another branch of an outer UNION ALL.
    std::string branch_column;
    int branch = 0;
    bool may_be_null = false;  ///< behind an outer join or in a UNION ALL
  };

  /// A table that the query reads as well and whose rows have no ids in it.
  struct Untraced {
    std::string input;
    std::string why;  ///< `in an expression`, `GROUP BY`
  };

  Kind kind = Kind::kNone;
  /// To run. The user's columns come first, with the user's own names and types; after them the
  /// ids in the order of `sources`, then `branch_columns`. Without ids: the text as it was given.
  std::string query;
  std::vector<Source> sources;
  std::vector<std::string> branch_columns;
  std::vector<Untraced> untraced;
  std::string reason;  ///< why there are no ids: `FULL JOIN`, `GROUP BY`; empty where there are
};

/// `row-local`, `join`, `expanding`, `union`, `aggregate`, `none`.
std::string TraceKindName(Trace::Kind kind);

/// Bits of a row's id that count rows; those above count files.
inline constexpr int kRowBits = 40;
/// The id of a row of stored files: an expression over the columns that have its place.
std::string RowIdSql(const std::string& file = "file_index",
                     const std::string& row = "file_row_number");

/// The other way round: `... AS file_index, ... AS file_row_number`.
std::string PlaceOfIdSql(const std::string& id);

}  // namespace assay::engine
