/// What changed from one version to another: counts, schema, class shares.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "run/version_ref.h"

namespace assay::run {

/// A share before and after, in rows: `true` of the label in split `train`, or in slice `2001-06`.
struct ShareChange {
  std::string what;           ///< value of the label, or name of the check
  std::string where;          ///< split or slice
  std::string gate;           ///< that judged the slice
  std::string before, after;  ///< as text, `21.03 %`; empty where not there
};

struct SplitChange {
  std::string split;
  std::uint64_t before = 0, after = 0;   ///< rows
  std::uint64_t added = 0, removed = 0;  ///< rows, counted as a multiset
};

/// A column of more values than this is no class label.
inline constexpr std::size_t kMostClasses = 50;

struct VersionDiff {
  bool same_content = false;
  std::vector<std::string> schema;  ///< `+ column type`, `- column type`
  std::vector<SplitChange> splits;
  /// Of the label's values by split; none where there are more than `kMostClasses` of them.
  std::vector<ShareChange> classes;
  std::vector<ShareChange> slices;  ///< shares that gates judged by slice
};

/// Compares two versions. Added and removed rows need the engine and read both, where digests
/// differ; a label is counted in both versions.
Result<VersionDiff> DiffVersions(Session& session, const NamedVersion& before,
                                 const NamedVersion& after);

Json VersionDiffJson(const VersionDiff& diff);

}  // namespace assay::run
