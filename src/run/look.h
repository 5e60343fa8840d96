/// A first look at a table: profile, and what is suspicious in it. Of a file, without a project, a
/// store or anything written; or of what a store has.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "run/session.h"
#include "stats/profile.h"
#include "stats/suspicion.h"

namespace assay::run {

struct LookOptions {
  std::vector<std::string> columns;  ///< only these, in this order; none: all
  std::string split;                 ///< of a version; empty: all
  std::string label;                 ///< a column; empty: that of the version
  std::string kind;                  ///< of source, for a file; empty: by its suffix
  std::string delimiter;             ///< for a file of a kind that has one; empty: as it has it
};

/// The label of a version, where it has few classes.
struct LabelClasses {
  std::string column;
  /// A class (nothing: null), with its rows in each split; the most frequent first.
  std::vector<std::pair<std::optional<std::string>, std::vector<std::uint64_t>>> classes;
};

struct Look {
  std::string name;        ///< `flights.csv`, `train@v2`, `joined`
  std::string what;        ///< `file`, `version`, `node`
  std::uint64_t rows = 0;  ///< that could be read
  std::uint64_t bytes = 0;
  std::size_t all_columns = 0;  ///< of the table, of which `columns` may be some
  std::vector<stats::ColumnProfile> columns;
  stats::Suspicions suspicions;
  /// Files: rows that do not parse, and the first of them: line, column, reason, text.
  std::uint64_t refused = 0;
  engine::Grid first_refused;
  std::string note;  ///< files: why they may be read in another way; empty
  /// Versions: splits that were looked at, with their rows.
  std::vector<std::pair<std::string, std::uint64_t>> splits;
  std::string label;  ///< column, even where it is not among the columns
  LabelClasses classes;
};

/// True for what has the suffix of a kind of source or a slash: it can only be a file.
bool IsFileName(const std::string& name);

/// Looks at a file of rows. `session` gives threads and memory alone. A file that is not there is
/// kIo with the nearest names beside it, a suffix that no kind reads kUser, content that cannot be
/// read kData.
Result<Look> LookAtFile(const Session& session, const std::string& file,
                        const LookOptions& options);

/// Looks at `NAME@REF`, a dataset (its latest version) or the newest output of a node. What is
/// none of them may be a file after all. The session has opened its store.
Result<Look> LookAt(Session& session, const std::string& name, const LookOptions& options);

/// `{"name", "what", "rows", "bytes", "columns", "suspicious", …}`.
Json LookJson(const Look& look);

}  // namespace assay::run
