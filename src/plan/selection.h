/// Which nodes a run is about. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "plan/graph.h"

namespace assay::plan {

/// What a person asked for. Nothing: all nodes. What is given unites.
struct Selection {
  std::vector<std::string> nodes;  ///< `joined`, `+joined` (and all before), `joined+` (and behind)
  std::vector<std::string> until;  ///< as `+NODE`
  std::vector<std::string> labels;  ///< `tag:nightly`

  bool empty() const { return nodes.empty() && until.empty() && labels.empty(); }
};

/// By NodeId; an unknown node or tag is kUser with the nearest known one.
Result<std::vector<bool>> SelectNodes(const Graph& graph, const Selection& selection);

/// The node, and everything before it, by NodeId.
std::vector<bool> WithAllBefore(const Graph& graph, NodeId id);
/// The node, and everything that reads it, directly or not.
std::vector<bool> WithAllBehind(const Graph& graph, NodeId id);

}  // namespace assay::plan
