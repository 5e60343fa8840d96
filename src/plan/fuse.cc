#include "plan/fuse.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace assay::plan {
namespace {

using contract::Diagnostics;

// Nodes whose rows a person looks at beside the pipeline.
std::set<std::string> Watched(const contract::Project& project) {
  std::set<std::string> names;
  for (const contract::Monitor& monitor : project.monitors) {
    for (const std::string& name : {monitor.watch, monitor.against}) {
      names.insert(name.substr(0, name.find_first_of(".@")));
    }
  }
  return names;
}

// Why a step's rows must be written, or nothing.
std::string WhyWritten(const Graph& graph, const Node& node, const std::vector<NodeId>& readers,
                       const std::set<std::string>& watched) {
  if (!node.row_local || node.inputs.size() != 1) {
    return "it is more than a choice of columns and rows";
  }
  if (node.refuses) return "it refuses rows, which are kept";
  if (watched.contains(node.name)) return "a monitor looks at them";
  for (const NodeId id : readers) {
    const Node& reader = graph.nodes[id];
    const bool reads_ledger =
        std::any_of(reader.inputs.begin(), reader.inputs.end(), [&](const Input& input) {
          return &graph.nodes[input.node] == &node && input.output == "ledger";
        });
    if (reads_ledger) {
      return NodeTypeText(reader.type) + " `" + reader.name + "` reads what they came of";
    }
    if (reader.refuses && reader.type == NodeType::kStep) {
      return "step `" + reader.name + "` refuses some of them, which are kept";
    }
    if (reader.type == NodeType::kStep && reader.params.contains("sql")) continue;
    return NodeTypeText(reader.type) + " `" + reader.name + "` reads them";
  }
  if (readers.empty()) return "no step reads them";
  const bool wanted = node.execution.materialize == false;
  return readers.size() > 1 && !wanted ? "several steps read them" : "";
}

// The stored nodes that a node reads, itself or through fused steps, each as often as it does.
void FindStored(const Graph& graph, const Node& node, std::vector<NodeId>& stored) {
  for (const Input& input : node.inputs) {
    const Node& before = graph.nodes[input.node];
    if (before.fused) {
      FindStored(graph, before, stored);
    } else {
      stored.push_back(input.node);
    }
  }
}

// The node with parts that a step reads more than once, or nothing. By one name it would be a part
// for one of the fused steps and the whole for another.
std::optional<NodeId> ReadTwice(const Graph& graph, const Node& node) {
  std::vector<NodeId> stored;
  FindStored(graph, node, stored);
  for (const NodeId id : stored) {
    if (graph.nodes[id].parts && std::count(stored.begin(), stored.end(), id) > 1) return id;
  }
  return std::nullopt;
}

void ReportWritten(const Node& node, const std::string& why, Diagnostics& diagnostics) {
  if (!node.execution.materialize) return;
  diagnostics.Error(node.execution.materialize_place,
                    "the rows of `" + node.name + "` must be written: " + why,
                    "take `materialize: false` away");
}

// Steps read beside a table with parts, whose rows they take from it too, are written.
void WriteWhatIsReadTwice(Graph& graph, Diagnostics& diagnostics) {
  for (const Node& node : graph.nodes) {
    const std::optional<NodeId> twice = node.fused ? std::nullopt : ReadTwice(graph, node);
    if (!twice) continue;
    for (const Input& input : node.inputs) {
      Node& before = graph.nodes[input.node];
      if (!before.fused) continue;
      before.fused = false;
      ReportWritten(before,
                    "`" + node.name + "` reads `" + graph.nodes[*twice].name +
                        "`, which has parts, also in another way",
                    diagnostics);
    }
  }
}

}  // namespace

void Fuse(const contract::Project& project, Graph& graph, Diagnostics& diagnostics) {
  const std::set<std::string> watched = Watched(project);
  std::vector<std::vector<NodeId>> readers(graph.nodes.size());
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    for (const Input& input : graph.nodes[id].inputs) readers[input.node].push_back(id);
  }
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    Node& node = graph.nodes[id];
    if (node.type != NodeType::kStep || node.execution.materialize == true) continue;
    const std::string why = WhyWritten(graph, node, readers[id], watched);
    node.fused = why.empty();
    if (!why.empty()) ReportWritten(node, why, diagnostics);
  }
  WriteWhatIsReadTwice(graph, diagnostics);
}

}  // namespace assay::plan
