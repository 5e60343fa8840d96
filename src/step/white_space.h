/// White space as Unicode has it, for SQL. Knows no step.
#pragma once

#include <string>

namespace assay::step {

/// `sql`, a text, without the white space at both ends.
std::string TrimmedSql(const std::string& sql);
/// `sql` with each run of white space as one blank.
std::string CollapsedSql(const std::string& sql);

}  // namespace assay::step
