/// Extensions of the engine that are not built into it: files that are loaded by their path.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::engine {

/// The one version that fits the engine.
inline constexpr std::string_view kExtensionVersion = "1.5.5";

/// Folders in which extensions are looked for, in this order: the one that the environment variable
/// ASSAY_EXTENSIONS names, `extensions` beside the program, `lib/assay/extensions` beside its
/// folder.
std::vector<std::filesystem::path> ExtensionFolders();

/// The file of an extension, `postgres_scanner`. One that is in no folder is kIo; the hint says how
/// to get it.
Result<std::filesystem::path> FindExtension(const std::string& name);

/// Commands that fetch an extension and put it where it is looked for.
std::string HowToGetExtension(const std::string& name);

}  // namespace assay::engine
