/// Pages and digests of a split (docs/design/0001, section 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace assay::store {

/// Takes the rows of a split in order, as `row/1` bytes.
class SplitDigester {
 public:
  void AddRow(std::string_view row) { AddRows(row, {row.size()}); }
  /// The same with rows that stand one after the other: `ends` says where each ends.
  void AddRows(std::string_view rows, const std::vector<std::size_t>& ends);
  /// Ends the page: the next row belongs to the next partition.
  void EndPartition();
  /// Lower-case hex digest of the split; the digester is done.
  std::string Finish();

  std::uint64_t rows() const { return rows_; }
  std::uint64_t pages() const { return pages_; }

 private:
  void EndPage();

  Sha256 page_;
  Sha256 split_;
  std::uint64_t page_rows_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t pages_ = 0;
};

}  // namespace assay::store
