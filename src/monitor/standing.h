/// Where the monitors of a project stand: what each found last, and what became of its alerts.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/project.h"
#include "run/session.h"
#include "store/drift_log.h"
#include "store/outbox.h"

namespace assay::monitor {

struct Standing {
  /// In the order of the project file, each with its last result; nothing where it never ran.
  std::vector<std::pair<contract::Monitor, std::optional<store::DriftRow>>> monitors;
  std::vector<store::OutboxRow> alerts;  ///< the newest ten, newest first
};

/// A project without a store has monitors that never ran.
Result<Standing> FindStanding(run::Session& session, const contract::Project& project);

/// `{"monitors": [...], "alerts": [...]}`; where an alert leads is in neither.
Json StandingJson(const Standing& standing);

}  // namespace assay::monitor
