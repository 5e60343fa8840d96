/// A project read, checked and planned: what `lint`, `plan` and `run` share.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/project.h"
#include "plan/plan.h"
#include "run/node_output.h"
#include "run/session.h"
#include "run/source_files.h"

namespace assay::run {

struct Prepared {
  contract::Project project;
  plan::Graph graph;
};

/// Reads the project and builds its graph. What is wrong goes to `diagnostics`; nullopt when there
/// was an error in the project.
Result<std::optional<Prepared>> Prepare(Session& session, contract::Diagnostics& diagnostics);

/// What is known of each node's files, by NodeId; receipts beside it.
struct Files {
  std::vector<plan::Resolved> resolved;
  std::vector<SourceFiles> sources;
  std::vector<std::optional<Error>> errors;  ///< of a source whose files cannot be had
};
Files FindFiles(Session& session, const Prepared& prepared);

/// Results that were found, by fingerprint.
using FoundOutputs = std::map<std::string, NodeOutput>;

/// The catalog as planning sees it at a moment (microseconds since 1970, UTC). A result whose
/// objects are gone counts as none. What planning took for a node's result is also put into
/// `found`, which must outlive the look-ups, so that nobody needs to look twice.
plan::Lookups CatalogLookups(Session& session, std::int64_t now_micros,
                             FoundOutputs* found = nullptr);

/// The kept result of a fingerprint, if all that it names is there. How old the newest row of a
/// gate is, is judged again as of `now_micros`; one that failed by its age and, by another clock,
/// does not any more, has no rows that passed: it counts as none.
Result<std::optional<NodeOutput>> FindOutput(Session& session, const std::string& fingerprint,
                                             std::int64_t now_micros);

}  // namespace assay::run
