#include "plan/axes.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace assay::plan {
namespace {

// How many kinds a hint names.
constexpr std::size_t kNamed = 3;

std::string KindsOf(std::string_view axis, const contract::KindTables& kinds) {
  std::string text;
  std::size_t named = 0;
  for (const contract::KindInfo& kind : kinds.checks) {
    if (kind.axis != axis || named == kNamed) continue;
    text += (named++ == 0 ? "" : ", ") + kind.name;
  }
  return text;
}

}  // namespace

std::vector<const contract::CheckDecl*> ChecksOf(const contract::Project& project,
                                                 const Graph& graph, NodeId id) {
  std::set<NodeId> before;
  std::vector<NodeId> open = {id};
  while (!open.empty()) {
    const NodeId at = open.back();
    open.pop_back();
    if (!before.insert(at).second) continue;
    const Node& node = graph.nodes[at];
    for (const Input& input : node.inputs) {
      open.push_back(input.node);
      if (node.type == NodeType::kGate) break;  // behind it stands what its checks compare with
    }
  }
  std::vector<const contract::CheckDecl*> checks;
  for (const NodeId at : before) {
    const Node& node = graph.nodes[at];
    if (node.type != NodeType::kGate) continue;
    for (const contract::CheckDecl& check : project.gates[node.declared].checks) {
      checks.push_back(&check);
    }
  }
  for (const contract::CheckDecl& check : project.datasets[graph.nodes[id].declared].checks) {
    checks.push_back(&check);
  }
  return checks;
}

std::vector<std::string_view> MissingAxes(const std::vector<const contract::CheckDecl*>& checks,
                                          const contract::KindTables& kinds) {
  std::vector<std::string_view> missing;
  std::copy_if(std::begin(contract::kAxes), std::end(contract::kAxes), std::back_inserter(missing),
               [&](std::string_view axis) {
                 return std::none_of(
                     checks.begin(), checks.end(), [&](const contract::CheckDecl* check) {
                       const contract::KindInfo* kind = FindKind(kinds.checks, check->kind);
                       return kind != nullptr && kind->axis == axis;
                     });
               });
  return missing;
}

void WarnOfMissingAxes(const contract::Project& project, const Graph& graph,
                       const contract::KindTables& kinds, contract::Diagnostics& diagnostics) {
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    if (graph.nodes[id].type != NodeType::kDataset) continue;
    const contract::Dataset& dataset = project.datasets[graph.nodes[id].declared];
    if (dataset.label.empty()) continue;
    for (const std::string_view axis : MissingAxes(ChecksOf(project, graph, id), kinds)) {
      diagnostics.Warning(
          dataset.label_place,
          "no check on " + std::string(axis) + " before this labelled dataset: " + dataset.name,
          "add one to it or to a gate before it, of such a kind: " + KindsOf(axis, kinds));
    }
  }
}

}  // namespace assay::plan
