/// Writes a version's rows to a folder in another format, all or nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "run/version_ref.h"

namespace assay::run {

struct ExportedFile {
  std::filesystem::path path;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

/// Writes one file per split into `folder`, which is made if it is not there. Files that are there
/// already are an error unless `overwrite`. Nothing half written is left behind.
Result<std::vector<ExportedFile>> ExportVersion(Session& session, const NamedVersion& version,
                                                const std::string& format,
                                                const std::filesystem::path& folder,
                                                bool overwrite);

}  // namespace assay::run
