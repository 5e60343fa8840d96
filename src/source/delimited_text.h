/// Reading text whose lines are cut into cells: what the kinds `csv` and `tsv` share. Plain files
/// are read by the engine, others by code of ours.
#pragma once

#include <string>
#include <vector>

#include "source/source.h"
#include "source/text_layout.h"

namespace assay::source {

/// Reads the files with the parameters of `DelimitedParams`, of which any may be absent. Files that
/// the engine reads must be packed alike.
Result<SourceRead> ReadDelimited(const SourceContext& context);

/// Mistakes in the declaration alone.
Status CheckDelimited(const Json& params);

std::vector<contract::Param> DelimitedParams(const std::string& delimiter);

/// The layout that parameters declare.
TextLayout DelimitedLayout(const Json& params);

}  // namespace assay::source
