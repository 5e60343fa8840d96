/// A stored version as one side of a comparison.
#pragma once

#include <string>

#include "monitor/drift.h"
#include "run/version_ref.h"

namespace assay::monitor {

/// A version as one side, of one split or (empty) of all its rows. No row is read, and the profile
/// only with `with_profile`. A split that is not there is kUser, a damaged profile kData.
Result<DriftSide> SideOfVersion(run::Session& session, const run::NamedVersion& version,
                                const std::string& split, bool with_profile);

}  // namespace assay::monitor
