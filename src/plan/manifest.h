/// The manifest of a node: everything its result depends on, line by line. The fingerprint is the
/// hash of the very text that is explained, so the reason shown is the reason used.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/graph.h"

namespace assay::plan {

/// What the run knows beyond the declaration.
struct Resolved {
  std::vector<std::string> files;       ///< sources: sha256 of each file in path order
  std::vector<std::string> file_names;  ///< sources whose file names become a column, else empty
  std::vector<std::string> inputs;      ///< content id of each input, in order
  std::vector<std::string> receipts;    ///< sources: location and sha256 of each file
  /// Sources with parts: which of them the run is about; empty for all.
  std::string narrowed = {};
};

/// The lines of docs/design/0001, section 10, `key value\n` each, backslash and line feed escaped:
/// what is hashed, kept and shown.
std::string ManifestText(const Node& node, const Resolved& resolved, std::string_view engine);

/// The fingerprint of a manifest: lower-case hex sha256.
std::string Fingerprint(std::string_view manifest);

/// Digest of all that a node's result rests on, whether or not it changes the rows: fingerprints,
/// receipts and notes of the node and, through `inputs`, of everything before it. A dataset whose
/// rows are the same is committed again when this differs, so that its newest commit tells the
/// truth.
std::string Evidence(const Node& node, const Resolved& resolved, const std::string& fingerprint,
                     const std::vector<std::string>& inputs);

/// Says in a few words what differs between two manifests' texts: `input unique changed`.
std::string ExplainDifference(const std::string& before, const std::string& after,
                              const Node& node);

}  // namespace assay::plan
