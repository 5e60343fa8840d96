/// Builds one Arrow array from pieces of DuckDB vectors: the chunks of a result have 2,048 rows at
/// most, a record batch has as many as were asked for.
#pragma once

#include <duckdb.h>

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "base/type.h"
#include "engine/arrow_data.h"

namespace assay::engine {

/// Memory that grows and is handed on; aligned as Arrow recommends.
class ArrowBuffer {
 public:
  ArrowBuffer() = default;
  ~ArrowBuffer();
  ArrowBuffer(ArrowBuffer&& other) noexcept;
  ArrowBuffer& operator=(ArrowBuffer&& other) noexcept;

  /// Room for so many more bytes behind the last one, counted as written.
  std::byte* Extend(std::size_t bytes);
  /// Takes the last bytes off again.
  void Shorten(std::size_t bytes) { size_ -= bytes; }
  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

class ArrowColumn {
 public:
  explicit ArrowColumn(const Type& type);

  /// Appends `count` rows of a flat vector from `first` on. Text or bytes that do not fit into
  /// 32-bit offsets are kUser: a smaller batch holds them.
  Status Append(duckdb_vector vector, idx_t first, idx_t count);
  /// The same for a struct whose fields are the columns of a chunk.
  Status AppendChunk(duckdb_data_chunk chunk, idx_t first, idx_t count);
  /// Moves what was appended into an array and starts anew.
  void Finish(ArrowArray* out);

 private:
  void AppendValidity(const std::uint64_t* validity, idx_t first, idx_t count);
  void AppendPlain(const void* data, idx_t first, idx_t count, std::size_t width);
  void AppendBools(const void* data, idx_t first, idx_t count);
  void AppendDecimals(const void* data, idx_t first, idx_t count);
  Status AppendTexts(const void* data, const std::uint64_t* validity, idx_t first, idx_t count);
  Status AppendLists(duckdb_vector vector, const std::uint64_t* validity, idx_t first, idx_t count);
  std::int32_t LastOffset() const;
  void StartOffsets();

  TypeKind kind_;
  int precision_;
  std::size_t rows_ = 0, nulls_ = 0;
  ArrowBuffer validity_;  ///< empty while nothing is null
  ArrowBuffer offsets_, values_;
  std::vector<ArrowColumn> children_;
};

}  // namespace assay::engine
