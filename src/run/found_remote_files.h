/// Files that a person points at by their addresses before there is a project: brought for a look.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/found_files.h"

namespace assay::run {

/// Brings what the addresses in `from` mean into `folder`, as a source of a project would, with the
/// keys that the environment has. Of a pattern all files that a kind reads; the others are counted.
Result<FoundFiles> BringRemoteFiles(const std::filesystem::path& folder,
                                    const std::vector<std::string>& from);

/// What `files:` of a source says that is made of these files, of which each is in `all`: the
/// addresses as they were written where they mean no other file, else each file's own.
std::vector<std::string> RemotePatternsFor(const std::vector<FoundFile>& files,
                                           const std::vector<FoundFile>& all);

}  // namespace assay::run
