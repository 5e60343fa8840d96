/// Alerts of monitors: put into the outbox with the result, sent from it until they are taken.
#pragma once

#include <string>
#include <vector>

#include "contract/project.h"
#include "run/session.h"
#include "store/outbox.h"

namespace assay::monitor {

/// After so many attempts an alert is given up.
inline constexpr std::int64_t kMostAttempts = 8;

/// One row for each channel that the monitor declares; `data` becomes a CloudEvent (CloudEvents
/// 1.0.2, structured JSON) of this id. Stands in the caller's transaction.
Status QueueAlerts(run::Session& session, const contract::Monitor& monitor, const std::string& id,
                   const Json& data);

struct Sent {
  std::string monitor, channel;
  std::string error;  ///< empty when it was taken
  bool given_up = false;
};

/// Sends what is due, each once. One that is not taken waits 30 s, then twice as long each time.
/// A channel that the project no longer has is given up.
Result<std::vector<Sent>> SendAlerts(run::Session& session, const contract::Project& project);

}  // namespace assay::monitor
