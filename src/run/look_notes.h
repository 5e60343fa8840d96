/// What a person should know of files that a project was begun from, beyond what it says of them:
/// what was decided for them, and what stays to do. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "run/seen_source.h"

namespace assay::run {

/// A sentence each, the gravest first. `header` is the first line of the first file; empty where
/// the names of columns stand elsewhere.
std::vector<std::string> NotesOn(const SeenSource& source, std::string_view header);

}  // namespace assay::run
