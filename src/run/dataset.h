/// Turns a gate's output into a committed version: split, canonical order, digests, profile,
/// commit.
#pragma once

#include <optional>
#include <string>

#include "run/execute.h"
#include "store/commit.h"

namespace assay::run {

/// What the commit tells beyond its rows.
struct CommitContext {
  std::string run, fingerprint, message;
  std::vector<store::CommitSource> sources;
  Json gates = Json::array();                ///< verdicts of all gates before it
  Json nodes = Json::object();               ///< node -> fingerprint
  std::map<std::string, std::string> files;  ///< project files: path -> text
};

struct CommittedVersion {
  store::Commit commit;
  std::string id;    ///< of the commit
  std::string text;  ///< as stored
};

/// A commit without parents, run and sources, and with a recipe that knows the engine alone, and
/// what was judged on the way. With a failed verdict there is no version.
struct BuiltVersion {
  store::Commit commit;
  Json verdicts = Json::array();  ///< of the dataset's own checks and of parity
  bool failed = false;            ///< the last of them is `fail`
};

/// Judges the dataset's checks; splits, sorts, writes and digests the rows; fits the preparation,
/// writes prepared rows and compares its two executions. A split that holds the rows that it held
/// in the commit `before` is taken from there.
Result<BuiltVersion> BuildVersion(Workspace& workspace, const contract::Dataset& dataset,
                                  const store::Table& input,
                                  const std::optional<store::Commit>& before,
                                  std::vector<std::string>& warnings);

/// Fills in the context, stores the texts the commit names and the commit itself.
Result<CommittedVersion> StoreCommit(Session& session, const contract::Project& project,
                                     const contract::Dataset& dataset, store::Commit commit,
                                     const CommitContext& context);

/// The commit with this id, read from the store.
Result<store::Commit> ReadCommit(const store::ObjectStore& objects, const std::string& id);

}  // namespace assay::run
