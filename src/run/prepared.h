/// A project read, checked and planned: what `lint`, `plan` and `run` share.
#pragma once

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

/// The catalog as planning sees it. A result whose objects are gone counts as none.
plan::Lookups CatalogLookups(Session& session);

/// The kept result of a fingerprint, if all that it names is there.
Result<std::optional<NodeOutput>> FindOutput(Session& session, const std::string& fingerprint);

}  // namespace assay::run
