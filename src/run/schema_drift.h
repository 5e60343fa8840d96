/// How the columns of a source differ from those of the load before.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/type.h"

namespace assay::run {

struct ColumnChange {
  std::string column;
  std::string before, after;  ///< types as text; empty where the column was not, or is no more

  bool operator==(const ColumnChange&) const = default;
};

/// New, lost and retyped columns: in the order of `after`, then those that are gone. The order of
/// columns is no change.
std::vector<ColumnChange> ColumnChanges(const Schema& before, const Schema& after);

/// `carrier is new (string), delay was int64 and is string, gate is gone`.
std::string ColumnChangesText(const std::vector<ColumnChange>& changes);
/// `[{"column", "before", "after"}]`, null where there is none.
Json ColumnChangesJson(const std::vector<ColumnChange>& changes);

}  // namespace assay::run
