/// What is kept of earlier runs' nodes, as a run or a plan looks it up.
#pragma once

#include <future>
#include <map>
#include <optional>
#include <string>

#include "run/node_output.h"
#include "run/session.h"

namespace assay::run {

/// The kept result of a fingerprint, if all that it names is there; one whose objects are gone
/// counts as none. How old the newest row of a gate is, is judged again as of `now_micros`
/// (microseconds since 1970, UTC); one that failed by its age and, by another clock, does not any
/// more, has no rows that passed: it counts as none.
Result<std::optional<NodeOutput>> FindOutput(Session& session, const std::string& fingerprint,
                                             std::int64_t now_micros);

/// The results that planning has looked at, so that nobody needs to look twice.
class KeptOutputs {
 public:
  explicit KeptOutputs(Session& session) : session_(session) {}
  /// Has a thread of its own parse what the newest run left and look for its objects: mostly that
  /// is what is asked for next, and reading the project takes as long.
  void ReadAhead();

  /// As `FindOutput`; null where there is none. Stays until it is taken.
  Result<const NodeOutput*> Find(const std::string& fingerprint, std::int64_t now_micros);
  std::optional<NodeOutput> Take(const std::string& fingerprint);

 private:
  using Outputs = std::map<std::string, NodeOutput>;  // by fingerprint

  Session& session_;
  std::future<Outputs> reading_;
  Outputs read_ahead_;
  Outputs found_;
};

}  // namespace assay::run
