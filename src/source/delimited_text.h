/// Reading text whose lines are cut into cells: what the kinds `csv` and `tsv` share.
#pragma once

#include <string>
#include <vector>

#include "source/source.h"

namespace assay::source {

/// Reads the files with the parameters of `DelimitedParams`, of which any may be absent. All files
/// must be packed alike.
Result<SourceRead> ReadDelimited(const SourceContext& context);

/// Mistakes in the declaration alone.
Status CheckDelimited(const Json& params);

std::vector<contract::Param> DelimitedParams(const std::string& delimiter);

}  // namespace assay::source
