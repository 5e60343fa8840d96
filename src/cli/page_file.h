/// Pages that a verb writes where the user says.
#pragma once

#include <string>

#include "base/result.h"

namespace assay::cli {

/// Writes `html` to `path`; a file that was there is replaced when all is written, never before. An
/// error (kIo) names the path.
Status WritePage(const std::string& path, const std::string& html);

}  // namespace assay::cli
