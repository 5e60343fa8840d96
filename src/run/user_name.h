/// Who runs the program, as records tell it.
#pragma once

#include <string>

namespace assay::run {

/// The name of the effective user, or its number where it has none.
std::string UserName();

}  // namespace assay::run
