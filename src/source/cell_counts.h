/// Counting what is done to cells while rows are read (`CellChanges`). Knows no format.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "source/source.h"

namespace assay::source {

/// What the last reading that came to its end has counted. From any thread.
class KeptChanges {
 public:
  void Keep(std::vector<CellChanges> changes);
  /// An error where no reading came to its end.
  Result<std::vector<CellChanges>> Get() const;

 private:
  mutable std::mutex mutex_;
  std::optional<std::vector<CellChanges>> changes_;
};

/// What one reading counts.
class CellCounts {
 public:
  explicit CellCounts(std::shared_ptr<KeptChanges> kept) : kept_(std::move(kept)) {}

  void Add(std::size_t file, CellChanges changes);
  /// The reading has come to its end.
  void End() { kept_->Keep(changes_); }

 private:
  std::shared_ptr<KeptChanges> kept_;
  std::vector<CellChanges> changes_;
};

/// Whether a text ends as a moment in UTC does: in `Z` or an offset of nothing. What stands before
/// is not looked at.
bool EndsInUtc(std::string_view text);
/// The same as a condition of the engine.
inline constexpr char kEndsInUtc[] = "(Z|[+-]00(:?00)?)\\s*$";

}  // namespace assay::source
