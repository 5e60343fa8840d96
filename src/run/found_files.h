/// Files a person points at before there is a project: where they are, what a project would call
/// them, which kind of source reads them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/source.h"

namespace assay::run {

struct FoundFile {
  std::filesystem::path path;  ///< absolute
  std::string location;        ///< in the project, or absolute
  std::string written;         ///< as a person in the current folder writes it
  const source::SourceKind* kind = nullptr;
  bool is_named = false;  ///< itself, not by its folder
  std::string address{};  ///< of a remote file: what was written that means it; else empty
};

struct FoundFiles {
  std::vector<FoundFile> files;  ///< in order of location
  /// Locations of all files in the same folders, hidden ones excepted.
  std::vector<std::string> neighbours;
  std::map<std::string, std::size_t> others;  ///< suffix -> files that no kind reads
};

/// `from` are files and folders, relative to the current folder; of a folder all files below it
/// that a kind reads. `folder` is the project's, absolute, and need not be there. A file that was
/// written absolute and lies outside of it has an absolute location.
Result<FoundFiles> FindDataFiles(const std::filesystem::path& folder,
                                 const std::vector<std::string>& from);

}  // namespace assay::run
