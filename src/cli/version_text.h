/// What a version is made of, as people read it.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "store/commit.h"

namespace assay::cli {

/// Sources with their files, one receipt a line.
std::string SourcesText(const store::Commit& commit);

/// Splits with rows, bytes and digest.
std::string SplitsText(const store::Commit& commit);

}  // namespace assay::cli
