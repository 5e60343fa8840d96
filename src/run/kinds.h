/// All kinds of all rooms, as the doors hand them to whoever reads a project.
#pragma once

#include "contract/kind_info.h"

namespace assay::run {

const contract::KindTables& AllKinds();

}  // namespace assay::run
