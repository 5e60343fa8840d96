/// A gate's verdict as people read it.
#pragma once

#include <string>

#include "base/json.h"
#include "cli/terminal.h"

namespace assay::cli {

/// The checks that did not pass, one line each with slice, rows and owner, worst first; empty when
/// all did. `indent` stands before each line.
std::string FindingsText(const Terminal& terminal, const Json& verdict, const std::string& indent);

/// `pass`, `warn`, `fail` in its colour.
std::string PaintVerdict(const Terminal& terminal, const std::string& verdict, bool to_stderr);

/// `ML data <ml-data@example.org>`.
std::string OwnerOf(const Json& json);

}  // namespace assay::cli
