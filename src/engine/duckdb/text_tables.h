/// Tables of rows that code outside the engine makes, as a table function.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "engine/text_table.h"

namespace assay::engine {

/// The tables that an instance knows, by number. From any thread.
class TextTables {
 public:
  /// Keeps a table and returns the SQL that reads it.
  std::string Add(TextTable table);
  /// Null for a number that no table has.
  std::shared_ptr<const TextTable> Find(std::uint64_t number) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<const TextTable>> tables_;
};

/// Registers `assay_text_rows(number UBIGINT)`: the rows of that table, in their order, made by one
/// thread. An error of the rows comes out of the query as it is.
Status RegisterTextTables(duckdb_connection connection, std::shared_ptr<TextTables> tables);

}  // namespace assay::engine
