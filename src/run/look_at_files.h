/// Looks at files for which there is no project yet: how they must be read, their columns, what is
/// unique in them. Nothing is written but in a folder of its own that is removed again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/seen_source.h"

namespace assay::run {

struct LookRequest {
  std::filesystem::path folder;  ///< of the project, absolute; need not be there
  /// Files, folders whose files are looked at, hidden ones excepted, and addresses of remote files;
  /// paths are relative to the current folder. What was written absolute and lies outside the
  /// project stays absolute.
  std::vector<std::string> from;
  int threads = 0;                 ///< 0: all cores
  std::uint64_t memory_bytes = 0;  ///< 0: half of the machine's
};

/// Remote files are brought first, with the keys of the environment. A file that was named and
/// cannot be read is an error with the way out; in a folder it is left out, where another can be
/// read.
Result<Seen> LookAtFiles(const LookRequest& request);

}  // namespace assay::run
