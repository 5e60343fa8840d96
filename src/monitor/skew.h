/// Training-serving skew: rows that the server was asked about, held against the same rows as the
/// pipeline makes them, joined by id. Exact, value by value.
#pragma once

#include <string>
#include <vector>

#include "run/session.h"
#include "store/table.h"

namespace assay::monitor {

struct SkewRequest {
  std::string stream;                ///< whose requests
  std::string id;                    ///< column of the rows that holds the requests' ids
  std::vector<std::string> columns;  ///< empty: all fields that requests and rows both have
};

struct ColumnSkew {
  std::string column;  ///< of the rows, or of what a preparation makes of them
  bool prepared = false;
  std::uint64_t compared = 0, different = 0;
  std::string example;  ///< the first difference by id: `id 17: served 100, made 120`
};

struct SkewReport {
  std::string stream, against;
  std::uint64_t requests = 0;  ///< with distinct ids
  std::uint64_t joined = 0;    ///< of these, with a row
  std::vector<ColumnSkew> columns;

  bool skewed() const;
};

/// Compares raw fields, and what the server made of them with what the version's preparation makes
/// of the row by SQL. An id that was asked about more than once counts with its last request.
Result<SkewReport> FindSkew(run::Session& session, const SkewRequest& request,
                            const store::Table& rows, const std::string& against);

/// Members of a stored text `assay.drift/1` of kind `train_serve_skew`.
Json SkewJson(const SkewReport& report);

}  // namespace assay::monitor
