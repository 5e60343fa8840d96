/// A project read, checked and planned: what `lint`, `plan` and `run` share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/project.h"
#include "plan/plan.h"
#include "run/kept_outputs.h"
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
/// `loads` is what this run fetched; of what it did not, what was fetched last.
struct Loads;
Files FindFiles(Session& session, const Prepared& prepared, const Loads* loads = nullptr);

/// The catalog as planning sees it at a moment (microseconds since 1970, UTC). What it takes for a
/// node's result stays in `kept`, which must outlive the look-ups.
plan::Lookups CatalogLookups(Session& session, std::int64_t now_micros, KeptOutputs& kept);

}  // namespace assay::run
