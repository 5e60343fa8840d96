/// Where the rows of a stored file come from (docs/design/0006).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "store/json_place.h"

namespace assay::store {

struct Lineage {
  /// A file that a source read.
  struct Source {
    std::string location;  ///< path in the project
    std::string sha256;
    std::uint64_t rows = 0;  ///< that could be read
  };
  /// A column of the stored file with ids of rows of a table: index of the file within the table
  /// << 40 | number of the row within the file, both from 0; null where no row of the table took
  /// part.
  struct Ids {
    std::string input;  ///< as the project calls the table
    std::string column;
    std::string table;  ///< sha256 of the object that says what it is made of
    int branch = 0;     ///< of a UNION ALL, from 1; 0: there is none
  };

  /// `source`, or what the engine calls a query (engine::TraceKindName), `none` among it.
  std::string kind;
  std::string reason;  ///< of `none`: `GROUP BY`
  /// Of `source`: the rows of one after the other. Row n of them is row n of the stored file, or,
  /// with ids, which then are of no table, the row that has the id n.
  std::vector<Source> sources;
  std::vector<Ids> ids;
};

Json LineageJson(const Lineage& lineage);
Result<Lineage> ParseLineage(const JsonPlace& place);

/// `join`, `none: GROUP BY`.
std::string LineageWords(const Lineage& lineage);

}  // namespace assay::store
