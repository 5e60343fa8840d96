/// All kinds of all rooms, signals and metrics with them, as the doors hand them to a session.
#pragma once

#include "contract/kind_info.h"

namespace assay::retrain {

const contract::KindTables& AllKinds();

}  // namespace assay::retrain
