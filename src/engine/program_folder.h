/// Where the program's own files lie.
#pragma once

#include <filesystem>

namespace assay::engine {

/// The folder of the shared object that this code was linked into (a module of Python), or of the
/// program where it is part of that.
std::filesystem::path ProgramFolder();

}  // namespace assay::engine
