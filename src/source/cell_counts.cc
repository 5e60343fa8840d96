#include "source/cell_counts.h"

#include <algorithm>
#include <array>

namespace assay::source {

void KeptChanges::Keep(std::vector<CellChanges> changes) {
  const std::scoped_lock lock(mutex_);
  changes_ = std::move(changes);
}

Result<std::vector<CellChanges>> KeptChanges::Get() const {
  const std::scoped_lock lock(mutex_);
  if (changes_) return *changes_;
  return Error{ErrorCode::kInternal, "the cells of a source are counted before they are read", ""};
}

void CellCounts::Add(std::size_t file, CellChanges changes) {
  changes.file = file;
  changes_.push_back(std::move(changes));
}

bool EndsInUtc(std::string_view text) {
  constexpr std::array<std::string_view, 6> kZero = {"+00",    "-00",   "+00:00",
                                                     "-00:00", "+0000", "-0000"};
  if (text.empty()) return false;
  if (text.back() == 'Z') return true;
  if (text.back() != '0') return false;
  return std::ranges::any_of(kZero, [&](std::string_view end) { return text.ends_with(end); });
}

}  // namespace assay::source
