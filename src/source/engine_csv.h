/// Delimited text that the engine reads itself: plain UTF-8 whose first line names the columns.
#pragma once

#include "source/source.h"

namespace assay::source {

/// Reads the files; all must be packed alike.
Result<SourceRead> ReadByEngine(const SourceContext& context);

}  // namespace assay::source
