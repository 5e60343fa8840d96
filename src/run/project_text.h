/// The first project for files that were looked at: a project file, and for each source a draft
/// contract, a gate and a dataset, with comments on the lines that a person should think about.
/// Pure: the same sight gives the same texts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/seen_source.h"

namespace assay::run {

/// What one source became.
struct NewSource {
  std::string source, gate, dataset, contract;
  std::string label;  ///< a column that may be the label; empty where none looks like one
};

struct NewProject {
  std::map<std::string, std::string> files;  ///< path in the project -> text
  std::vector<NewSource> sources;            ///< in the order of `Seen`
};

/// The texts are read back: what would not be a project is our bug, and an error.
Result<NewProject> WriteProject(const std::string& name, const Seen& seen);

}  // namespace assay::run
