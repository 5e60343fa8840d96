/// Reading of a file's entry where it stands inside a larger JSON text, for errors with their
/// place.
#pragma once

#include "base/result.h"
#include "store/json_place.h"
#include "store/table.h"

namespace assay::store {

Result<FileRef> ParseFile(const JsonPlace& place);

}  // namespace assay::store
