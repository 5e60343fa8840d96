/// Datasets and the commits of one, newest first, and their forms as JSON: the same in every door.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/version_ref.h"

namespace assay::run {

/// A dataset and its latest version.
struct DatasetHead {
  std::string name;
  NamedVersion latest;
  std::uint64_t rows = 0;  ///< of all splits
};

/// All datasets that have a version, by name.
Result<std::vector<DatasetHead>> DatasetHeads(Session& session);
/// One of them; an unknown name is an error with the nearest one.
Result<DatasetHead> FindDatasetHead(Session& session, const std::string& name);
/// `{"name", "latest", "rows", "version", "commit", "created_at"}`
Json DatasetHeadJson(const DatasetHead& head);

struct HistoryEntry {
  NamedVersion version;
  std::string refs;  ///< names that point at it: `latest, v2`; may be empty
  std::uint64_t rows = 0;
};

/// The commit that `text` names and its first parents, at most `limit` of them (0: all).
Result<std::vector<HistoryEntry>> VersionHistory(Session& session, const std::string& text,
                                                 std::size_t limit = 0);
/// `{"commit", "version", "number", "refs", "rows", "created_at", "created_by", "message"}`
Json HistoryEntryJson(const HistoryEntry& entry);

/// The commit as it is stored: `{"number", "commit", "body"}`.
Result<Json> VersionJson(Session& session, const NamedVersion& version);

}  // namespace assay::run
