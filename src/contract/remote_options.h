/// What `remote:` at a source says of its remote files: where the store is, and with which keys it
/// is asked. None of it is a part of what is computed.
#pragma once

#include "contract/kind_info.h"

namespace assay::contract {

/// The keys of `remote:` as parameters. JSON Schema, reference and reading come from them.
const KindInfo& RemoteOptionsInfo();

}  // namespace assay::contract
