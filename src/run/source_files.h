/// Which files a source means right now, and what their bytes are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "contract/project.h"
#include "run/session.h"
#include "store/commit.h"

namespace assay::run {

struct SourceFiles {
  std::vector<store::Receipt> receipts;  ///< in order of location
  std::vector<store::SeenFile> hashed;   ///< files that had to be read, to be noted in the catalog
};

/// Expands the globs of a source and hashes the files. A file that the catalog has seen with the
/// same size, times and inode is not read again. A pattern without a match is an error with a hint;
/// `examples_hint` names the cure where the project knows one.
Result<SourceFiles> FindSourceFiles(Session& session, const contract::Declared& source);

/// The same of the files that a step's program reads: those it declares, else those of the project
/// among the program's words.
Result<SourceFiles> FindProgramFiles(Session& session, const contract::Declared& step,
                                     const std::vector<std::string>& words);

}  // namespace assay::run
