/// What a run told while it went on, in the order of time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/run_record.h"

namespace assay::run {

struct RunLogLine {
  std::string at;  ///< UTC; empty where no time was recorded
  std::string node;
  std::string kind;  ///< told | warning | error | ended
  std::string text;
};

/// The lines of all nodes, or of the one that is named; a node that the run has not is kUser with
/// the nearest one. Warnings, the error and how a node ended have the time of its end. Of two lines
/// of the same moment the one of the node that stands earlier in the graph comes first.
Result<std::vector<RunLogLine>> RunLog(const RunRecord& record, const std::string& node = "");

/// `[{"at", "node", "kind", "text"}]`
Json RunLogJson(const std::vector<RunLogLine>& lines);

/// Microseconds since 1970 of a time of a record; nothing where it is none.
std::optional<std::int64_t> MicrosOf(const std::string& utc);

/// When a node began and ended, in microseconds since 1970; nothing for one that did not run.
struct NodeSpan {
  std::int64_t begin = 0, end = 0;
};
std::optional<NodeSpan> SpanOf(const store::NodeRun& node);

}  // namespace assay::run
