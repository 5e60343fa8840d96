/// Things in a table that a person should look at before a model learns from it: constants,
/// identifiers, words for null, values far away, columns that give each other away. The rules and
/// where they come from: docs/reference/profile.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "engine/engine.h"
#include "stats/profile.h"

namespace assay::stats {

/// In the order in which they are told.
enum class SuspicionKind {
  kLabelInDisguise,  ///< a column that predicts the label almost wholly
  kEqual,            ///< columns of the same values
  kOneToOne,         ///< columns that determine each other
  kRepeats,          ///< rows that are wholly equal to others
  kConstant,         ///< one value, or none
  kNearUnique,       ///< nearly each value is its own
  kMixed,            ///< text, most of it numbers or moments
  kTypedText,        ///< text, all of it numbers or moments
  kNullWords,        ///< words for null that are left as text
  kSpellings,        ///< one value in several spellings
  kWhiteSpace,       ///< white space around text
  kNotFinite,        ///< NaN or infinity
  kOutliers,         ///< values beyond Tukey's outer fences
};

/// `label_in_disguise`, `near_unique`, …
const char* SuspicionName(SuspicionKind kind);

struct Suspicion {
  SuspicionKind kind = SuspicionKind::kConstant;
  std::vector<std::string> columns;   ///< the one that it is about first; none: the whole rows
  std::int64_t rows = 0;              ///< that it concerns
  std::string message;                ///< a sentence without a period; values in backticks
  std::vector<std::string> examples;  ///< values, as text; may be empty
};

struct Suspicions {
  std::vector<Suspicion> found;  ///< by kind, then by column
  /// Pairs of columns that might determine each other and were not looked at: there were too many.
  std::uint64_t pairs_left_out = 0;
};

struct SuspicionOptions {
  std::string label;       ///< a column, or empty
  bool whole_rows = true;  ///< `columns` are all columns: rows that repeat are counted
};

/// Looks at the table that `columns` is the profile of; `schema` has the same columns in the same
/// order. A scan or two for each column, and one for each pair that may determine each other. The
/// same rows give the same answer.
Result<Suspicions> FindSuspicions(engine::Engine& engine, const std::string& table,
                                  const Schema& schema, const std::vector<ColumnProfile>& columns,
                                  const SuspicionOptions& options);

/// A list of `{"kind", "columns", "rows", "message", "examples"}`.
Json SuspicionsJson(const std::vector<Suspicion>& suspicions);

}  // namespace assay::stats
