/// The git commit of the folder a project lies in.
#pragma once

#include <filesystem>
#include <string>

namespace assay::run {

/// Full hash of HEAD of the repository that holds `folder`, read from its files; empty when there
/// is none. Says nothing of changes that are not committed.
std::string CodeCommit(const std::filesystem::path& folder);

}  // namespace assay::run
