/// Writes the rows of a DuckDB data chunk as `row/1` (docs/design/0001, section 2).
#pragma once

#include <duckdb.h>

#include <string>
#include <vector>

#include "base/type.h"

namespace assay::engine {

/// One vector of a chunk with its type, children included, ready to be read row by row. Valid as
/// long as the chunk is.
struct ColumnReader {
  ColumnReader(duckdb_vector vector, const Type& type);

  /// Appends the value of a row, tag first.
  void Append(std::string& out, idx_t row) const;

 private:
  void AppendValue(std::string& out, idx_t row) const;
  void AppendMap(std::string& out, idx_t row) const;

  TypeKind kind_;
  int precision_;
  std::uint8_t scale_;
  const void* data_;
  const std::uint64_t* validity_;
  std::vector<ColumnReader> children_;
};

/// Readers for all columns of a chunk; types are taken from the vectors. Empty when a type is one
/// that no version can hold.
std::vector<ColumnReader> ReadersOf(duckdb_data_chunk chunk, idx_t first_column = 0);

}  // namespace assay::engine
