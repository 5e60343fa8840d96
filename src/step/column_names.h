/// Names of columns as people declare them for a step. SQL does not look at their case.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace assay::step {

/// An error where a parameter names a column twice.
Status CheckNamedOnce(const std::string& param, const std::vector<std::string>& columns);

/// An error where a column that a step makes cannot have this name.
Status CheckNewName(const std::string& name);
/// The same of several, and where two have one name.
Status CheckNewNames(const std::string& param, const std::vector<std::string>& names);

/// True when one of them is this name.
bool HasName(const std::vector<std::string>& names, const std::string& name);

/// `a, b and c`.
std::string Listed(const std::vector<std::string>& names);

}  // namespace assay::step
