#include "plan/graph.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/letter_case.h"
#include "base/nearest.h"
#include "plan/draft.h"
#include "plan/fuse.h"

namespace assay::plan {
namespace {

using contract::Diagnostics;

// Finds the draft and output behind a written name.
using Places = std::unordered_map<std::string_view, NodeId>;

std::optional<Input> ResolveInput(const std::vector<Draft>& drafts, const Places& places,
                                  const std::string& name) {
  // The dot of a version, `flights@v3.train`, is a part of the source's own name.
  const std::size_t dot =
      places.contains(std::string_view(name)) ? std::string::npos : name.find('.');
  const std::string output = dot == std::string::npos ? "" : name.substr(dot + 1);
  const auto found = places.find(std::string_view(name).substr(0, dot));
  if (found == places.end()) return std::nullopt;
  const Node& node = drafts[found->second].node;
  const bool has_output = output.empty() || (output == "refused" && node.refuses) ||
                          (output == "ledger" && node.keeps_ledger);
  if (node.type == NodeType::kDataset || !has_output) return std::nullopt;
  return Input{name, found->second, output};
}

std::string UnknownInputHint(const std::vector<Draft>& drafts, const std::string& name) {
  std::vector<std::string> names;
  for (const Draft& draft : drafts) {
    if (draft.node.name == name && draft.node.type == NodeType::kDataset) {
      return "a dataset is the end of a pipeline; read the gate it is made from";
    }
    if (draft.node.type == NodeType::kDataset) continue;
    names.push_back(draft.node.name);
    if (draft.node.refuses) names.push_back(draft.node.name + ".refused");
    if (draft.node.keeps_ledger) names.push_back(draft.node.name + ".ledger");
  }
  const std::string nearest = NearestName(name, names);
  if (!nearest.empty()) return "did you mean " + nearest + "?";
  std::string known;
  for (const std::string& each : names) known += (known.empty() ? "" : ", ") + each;
  return "known are: " + known;
}

// Depth-first topological order; a cycle is reported once, with its path.
class Sorter {
 public:
  Sorter(std::vector<Draft>& drafts, Diagnostics& diagnostics)
      : drafts_(drafts), diagnostics_(diagnostics), state_(drafts.size(), State::kNew) {}

  std::vector<NodeId> Sort() {
    for (NodeId i = 0; i < drafts_.size(); ++i) Visit(i);
    return order_;
  }

 private:
  enum class State { kNew, kOpen, kDone };

  void Visit(NodeId id) {
    if (state_[id] == State::kDone) return;
    if (state_[id] == State::kOpen) return ReportCycle(id);
    state_[id] = State::kOpen;
    path_.push_back(id);
    for (const Input& input : drafts_[id].node.inputs) Visit(input.node);
    path_.pop_back();
    state_[id] = State::kDone;
    order_.push_back(id);
  }

  void ReportCycle(NodeId id) {
    std::string text;
    for (auto at = std::find(path_.begin(), path_.end(), id); at != path_.end(); ++at) {
      text += drafts_[*at].node.name + " reads ";
    }
    const NodeId last = path_.back();
    diagnostics_.Error(drafts_[last].node.place,
                       "nodes read each other in a circle: " + text + drafts_[id].node.name,
                       "take one of these inputs away");
  }

  std::vector<Draft>& drafts_;
  Diagnostics& diagnostics_;
  std::vector<State> state_;
  std::vector<NodeId> path_;
  std::vector<NodeId> order_;
};

// A ledger that is kept because it is read makes another result.
void TakeReader(const Input& input, Node& node) {
  if (input.output != "ledger" || node.writes_ledger) return;
  node.writes_ledger = true;
  node.params["ledger"] = "\"read\"";
}

void ResolveInputs(std::vector<Draft>& drafts, Diagnostics& diagnostics) {
  Places places;  // of the first of a name
  for (NodeId i = 0; i < drafts.size(); ++i) places.emplace(drafts[i].node.name, i);
  for (Draft& draft : drafts) {
    for (const Draft::Wanted& want : draft.wants) {
      if (auto input = ResolveInput(drafts, places, want.name)) {
        draft.node.inputs.push_back(*input);
        TakeReader(*input, drafts[input->node].node);
      } else {
        diagnostics.Error(want.place,
                          "`" + draft.node.name + "` reads what nothing makes: " + want.name,
                          UnknownInputHint(drafts, want.name));
      }
    }
  }
}

bool SameName(const std::string& one, const std::string& other) {
  return Lower(one) == Lower(other);
}

// Whether rows that a node compares with each other lie in the same part.
bool ComparedStayInParts(const Draft& draft, const contract::Partition& parts) {
  return std::all_of(
      draft.together.begin(), draft.together.end(), [&](const Draft::Together& together) {
        if (parts.by_file() || parts.column.empty()) return false;
        if (together.columns.empty()) return !SameName(together.all_but, parts.column);
        return std::any_of(together.columns.begin(), together.columns.end(),
                           [&](const auto& column) { return SameName(column, parts.column); });
      });
}

// What a step calls the column of the parts of an input; empty where it may have changed it.
std::string KeptAs(const Draft& step, const std::string& input, const std::string& column) {
  for (const SqlReads::Kept& kept : step.kept) {
    if (kept.table != input) continue;
    if (kept.column == "*") return column;
    if (SameName(kept.column, column)) return kept.as;
  }
  return "";
}

// Whether the node is computed by the parts of an input, and into which parts its table is cut.
void FindParts(const Draft& draft, const Graph& graph, Node& node) {
  if (node.type == NodeType::kDataset) return;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Input& input = node.inputs[i];
    const std::optional<contract::Partition>& parts = graph.nodes[input.node].parts;
    if (!parts || !input.output.empty()) continue;
    if (draft.leaves_rows) {
      if (i > 0) return;
      node.parts = parts;
      if (draft.adds_up && ComparedStayInParts(draft, *parts)) node.by_part = i;
      return;
    }
    const bool spreads = std::find(draft.distributes.begin(), draft.distributes.end(),
                                   input.name) != draft.distributes.end();
    if (!spreads || node.by_part) continue;
    node.by_part = i;
    node.parts = parts;
    if (!parts->by_file()) node.parts->column = KeptAs(draft, input.name, parts->column);
  }
}

}  // namespace

std::string NodeTypeText(NodeType type) {
  switch (type) {
    case NodeType::kSource:
      return "source";
    case NodeType::kStep:
      return "step";
    case NodeType::kGate:
      return "gate";
    case NodeType::kDataset:
      break;
  }
  return "dataset";
}

const Node* Graph::Find(const std::string& name) const {
  for (const Node& node : nodes) {
    if (node.name == name) return &node;
  }
  return nullptr;
}

std::optional<Graph> BuildGraph(const contract::Project& project, const contract::KindTables& kinds,
                                const SqlFacts& sql, Diagnostics& diagnostics) {
  std::vector<Draft> drafts;
  drafts.reserve(project.sources.size() + project.steps.size() + project.gates.size() +
                 project.datasets.size());
  for (std::size_t i = 0; i < project.sources.size(); ++i) {
    drafts.push_back(DraftSource(project.sources[i], kinds, i));
  }
  for (std::size_t i = 0; i < project.steps.size(); ++i) {
    drafts.push_back(DraftStep(project.steps[i], kinds, sql, i));
  }
  for (std::size_t i = 0; i < project.gates.size(); ++i) {
    drafts.push_back(DraftGate(project.gates[i], kinds, i));
  }
  for (std::size_t i = 0; i < project.datasets.size(); ++i) {
    drafts.push_back(DraftDataset(project.datasets[i], kinds, i));
  }
  ResolveInputs(drafts, diagnostics);
  const std::vector<NodeId> order = Sorter(drafts, diagnostics).Sort();
  if (diagnostics.has_errors()) return std::nullopt;

  std::vector<NodeId> moved_to(drafts.size());
  for (NodeId i = 0; i < order.size(); ++i) moved_to[order[i]] = i;
  Graph graph;
  for (const NodeId id : order) {
    graph.nodes.push_back(std::move(drafts[id].node));
    for (Input& input : graph.nodes.back().inputs) input.node = moved_to[input.node];
    FindParts(drafts[id], graph, graph.nodes.back());
  }
  Fuse(project, graph, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  return graph;
}

}  // namespace assay::plan
