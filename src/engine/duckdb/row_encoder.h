/// Writes the rows of a DuckDB data chunk as `row/1` (docs/design/0001, section 2).
#pragma once

#include <duckdb.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/type.h"

namespace assay::engine {

/// One vector of a chunk with its type, children included, ready to be read row by row. Valid as
/// long as the chunk is.
struct ColumnReader {
  ColumnReader(duckdb_vector vector, const Type& type);

  /// Appends the value of a row, tag first.
  void Append(std::string& out, idx_t row) const;

  /// All but lists, structs and maps: what `AddSizes` and `Write` take.
  bool IsPlain() const;
  /// The number of bytes of every row, tag included; 0 where rows differ in it.
  std::size_t FixedSize() const;
  /// Adds to `sizes[i]` the number of bytes of row `first + i`.
  void AddSizes(idx_t first, idx_t count, std::size_t* sizes) const;
  /// Writes row `first + i` at `places[i]` and moves the place behind it.
  void Write(idx_t first, idx_t count, char** places) const;

 private:
  void AppendValue(std::string& out, idx_t row) const;
  void AppendMap(std::string& out, idx_t row) const;
  bool IsText() const { return kind_ == TypeKind::kString || kind_ == TypeKind::kBytes; }
  bool IsValid(idx_t row) const {
    return validity_ == nullptr || (validity_[row / 64] >> (row % 64) & 1) != 0;
  }
  template <typename Stored, typename BytesOf>
  void WriteEach(idx_t first, idx_t count, char** places, const BytesOf& bytes_of) const;
  template <typename Stored, typename Written>
  void WriteNumbers(idx_t first, idx_t count, char** places) const;
  void WriteTexts(idx_t first, idx_t count, char** places) const;
  void WriteDecimals(idx_t first, idx_t count, char** places) const;

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

/// Rows as `row/1`, one after the other into the same memory.
class ChunkEncoder {
 public:
  /// Encodes all rows of a chunk in place of those before.
  void Encode(duckdb_data_chunk chunk);
  std::string_view bytes() const { return {bytes_.data(), ends_.empty() ? 0 : ends_.back()}; }
  /// Where each row ends within the bytes.
  const std::vector<std::size_t>& ends() const { return ends_; }

  /// Calls `take(row, bytes)` with each of the first `size` rows, a block at a time: the bytes of a
  /// block are still in the fastest memory when they are taken, and no more are held.
  template <typename Take>
  void ForEachRow(const std::vector<ColumnReader>& readers, idx_t size, const Take& take) {
    for (idx_t first = 0; first < size; first += kBlock) {
      const idx_t count = std::min(kBlock, size - first);
      ends_.resize(count);
      EncodeBlock(readers, first, count, 0, ends_.data());
      std::size_t begin = 0;
      for (idx_t i = 0; i < count; ++i) {
        take(first + i, std::string_view(bytes_.data() + begin, ends_[i] - begin));
        begin = ends_[i];
      }
    }
  }

 private:
  static constexpr idx_t kBlock = 64;
  /// Encodes some rows behind the first `begin` bytes; `ends` gets the end of each.
  void EncodeBlock(const std::vector<ColumnReader>& readers, idx_t first, idx_t count,
                   std::size_t begin, std::size_t* ends);
  void WriteByColumn(const std::vector<ColumnReader>& readers, idx_t first, idx_t count,
                     std::size_t begin, std::size_t* ends);

  std::string bytes_;  // may be longer than what was encoded
  std::vector<std::size_t> ends_;
};

}  // namespace assay::engine
