/// Runs monitors: compares, keeps the result, tells of it (docs/design/0003, section 5).
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "contract/project.h"
#include "run/session.h"

namespace assay::monitor {

/// What a monitor found, or why it could not look.
struct MonitorResult {
  std::string monitor, subject, reference;
  std::string verdict;  ///< `pass`, `drift`, or `error`
  std::string id;       ///< sha256 of the stored text `assay.drift/1`; empty with `error`
  std::string summary;  ///< in a line: `label_drift: late; data_drift: 2 of 3 columns`
  Error error;          ///< with `error`
  Json body;            ///< of the stored text
};

/// Runs the monitors of these names (all when empty), keeps each result with its event and alerts
/// in one transaction. A monitor that cannot look does not stop the others. The caller holds the
/// lock.
Result<std::vector<MonitorResult>> RunMonitors(run::Session& session,
                                               const contract::Project& project,
                                               const std::vector<std::string>& names);

}  // namespace assay::monitor
