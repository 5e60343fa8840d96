/// Runs a person's program: no shell, its own process group, a limit in time, output into a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay::run {

struct CommandRequest {
  std::vector<std::string> argv;             ///< the program is looked for in PATH
  std::filesystem::path folder;              ///< in which it runs
  std::map<std::string, std::string> added;  ///< to our own environment
  std::filesystem::path log;                 ///< takes both output streams; written anew
  std::int64_t max_seconds = 0;              ///< 0: as long as it takes
  std::uint64_t memory_bytes =
      0;  ///< of its data, each process for itself (RLIMIT_DATA); 0: no limit
  /// Asked while it runs; true ends it, and kCancelled is returned.
  std::function<bool()> stop;
  std::int64_t grace_seconds = 5;  ///< between asking it to end and ending it
};

struct CommandEnd {
  /// Empty when it ended with status 0; else what happened, in words: `ended with status 3`.
  std::string failure;
  double seconds = 0;
};

/// Starts the program and waits. What it leaves running in its process group is ended, too; when
/// this process dies, so does the program. A program that cannot be started is a failure, not an
/// error; an error is one of this machine.
Result<CommandEnd> RunCommand(const CommandRequest& request);

}  // namespace assay::run
