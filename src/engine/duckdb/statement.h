/// Prepared statements, and queries that are run piece by piece.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/type.h"
#include "engine/duckdb/duck.h"
#include "engine/duckdb/engine_error.h"

namespace assay::engine {

/// Prepares a query, which tells its columns without running it.
Result<Prepared> Prepare(duckdb_connection connection, const std::string& query);

/// Its columns; one of a type that no version can hold is kUser.
Result<Schema> SchemaOf(duckdb_prepared_statement prepared);

/// Asks a reader's `stop` every few milliseconds; true interrupts the connection.
class Asking {
 public:
  Asking(duckdb_connection connection, const std::function<bool()>& stop)
      : connection_(connection), stop_(stop) {}
  /// kCancelled where it is to stop. Called as often as one likes.
  Status Ask();

 private:
  duckdb_connection connection_;
  const std::function<bool()>& stop_;
  std::chrono::steady_clock::time_point asked_ = std::chrono::steady_clock::now();
};

/// Runs a query piece by piece up to its first rows and asks between the pieces.
Status RunPieces(duckdb_pending_result pending, Asking& asking);

}  // namespace assay::engine
