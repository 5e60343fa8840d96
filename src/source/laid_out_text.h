/// Rows of text files that are laid out in some way (`TextLayout`), as a table: the cells are made
/// plain by code of ours, and typed by the engine.
#pragma once

#include <vector>

#include "source/source.h"
#include "source/text_layout.h"

namespace assay::source {

/// Reads the files; there is a layout for each, and they differ in the encoding alone.
Result<SourceRead> ReadLaidOut(const SourceContext& context, std::vector<TextLayout> layouts);

}  // namespace assay::source
