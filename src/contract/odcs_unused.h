/// The sections of an ODCS contract that have no effect here. Their keys are checked all the same,
/// so that a mistyped one is found.
#pragma once

#include <string>

#include "contract/mapping.h"

namespace assay::contract {

/// Reads the key `section` of the mapping, if it is there, and checks its form. Sections:
/// `servers`, `support`, `price`, `roles`, `slaProperties`, `customProperties`,
/// `authoritativeDefinitions`, `tags`, `relationships`.
void CheckUnused(MappingReader& mapping, const std::string& section, Diagnostics& diagnostics);

/// `tags`, `customProperties`, `authoritativeDefinitions`: what nearly every element may have.
void CheckUnusedExtras(MappingReader& mapping, Diagnostics& diagnostics);

}  // namespace assay::contract
