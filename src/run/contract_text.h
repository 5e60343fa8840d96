/// The draft contract of a source that was looked at, in the Open Data Contract Standard. Pure.
#pragma once

#include <string>

#include "run/seen_source.h"

namespace assay::run {

/// Types, no nulls where none was seen, the key, closed lists of words; what was seen beyond that
/// stands in comments. `name` is that of the source.
std::string ContractText(const SeenSource& source, const std::string& name);

}  // namespace assay::run
