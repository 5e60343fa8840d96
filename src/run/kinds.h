/// All kinds of the rooms up to this one. A project is read with `Session::kinds`, which the doors
/// fill with those of the rooms above too.
#pragma once

#include "contract/kind_info.h"

namespace assay::run {

const contract::KindTables& AllKinds();

}  // namespace assay::run
