/// Begins a project: looks at files, writes a project for them. Nothing that is there is replaced.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "run/look_at_files.h"
#include "run/project_text.h"

namespace assay::run {

struct Begun {
  Seen seen;
  NewProject project;
};

/// Writes a project for `request.from` into `request.folder`, which is made where it is not there;
/// without files to begin with, one with a sample of its own. A `.gitignore` that leaves the store
/// out is written where there is none. All of it is written, or nothing. A folder that has a
/// project is kUser.
Result<Begun> BeginProject(const LookRequest& request);

/// Writes all files below `folder`, or none. A file that is there already is kUser.
Status WriteNewFiles(const std::filesystem::path& folder,
                     const std::map<std::string, std::string>& files);

}  // namespace assay::run
