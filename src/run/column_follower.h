/// Follows columns and types through a graph before any of its steps is computed, so that a column
/// that is not there is told at once and not after an hour.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/project.h"
#include "engine/engine.h"
#include "plan/graph.h"

namespace assay::run {

class ColumnFollower {
 public:
  ColumnFollower(engine::Engine& engine, const contract::Project& project, const plan::Graph& graph)
      : engine_(engine), project_(project), graph_(graph), outputs_(graph.nodes.size()) {}

  /// The columns of a table that is there.
  void Take(plan::NodeId id, const std::string& output, const Schema& schema);
  /// Finds the columns of a step or a gate from those of its inputs. Where these are not known,
  /// its own are not either, and nothing is wrong with it. Nodes come in the order of the graph.
  Status Follow(plan::NodeId id);

 private:
  Result<std::optional<Schema>> ColumnsOfStep(const plan::Node& node);
  const Schema* Known(const plan::Input& input) const;

  engine::Engine& engine_;
  const contract::Project& project_;
  const plan::Graph& graph_;
  std::vector<std::map<std::string, Schema>> outputs_;  // by NodeId
};

}  // namespace assay::run
