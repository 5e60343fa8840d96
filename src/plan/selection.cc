#include "plan/selection.h"

#include <algorithm>
#include <set>

#include "base/nearest.h"

namespace assay::plan {
namespace {

Error Unknown(const std::string& what, const std::string& name,
              const std::vector<std::string>& known) {
  const std::string nearest = NearestName(name, known);
  std::string hint = "known are: ";
  for (std::size_t i = 0; i < known.size(); ++i) hint += (i > 0 ? ", " : "") + known[i];
  if (known.empty()) hint = "no node has a tag; write `tags: [" + name + "]` at one";
  if (!nearest.empty()) hint = "did you mean " + nearest + "?";
  return {ErrorCode::kUser, "no such " + what + ": " + name, hint};
}

Result<NodeId> FindNode(const Graph& graph, const std::string& name) {
  std::vector<std::string> names;
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    if (graph.nodes[id].name == name) return id;
    names.push_back(graph.nodes[id].name);
  }
  return Unknown("node", name, names);
}

void Unite(std::vector<bool>& selected, const std::vector<bool>& more) {
  for (std::size_t i = 0; i < selected.size(); ++i) selected[i] = selected[i] || more[i];
}

Status SelectWord(const Graph& graph, std::string word, std::vector<bool>& selected) {
  const bool before = word.starts_with('+');
  if (before) word.erase(0, 1);
  const bool behind = word.ends_with('+');
  if (behind) word.pop_back();
  TRY_ASSIGN(const NodeId id, FindNode(graph, word));
  selected[id] = true;
  if (before) Unite(selected, WithAllBefore(graph, id));
  if (behind) Unite(selected, WithAllBehind(graph, id));
  return {};
}

Status SelectLabel(const Graph& graph, const std::string& label, std::vector<bool>& selected) {
  constexpr std::string_view kTag = "tag:";
  if (!label.starts_with(kTag)) {
    return Error{ErrorCode::kUser, "nodes are selected by tag: " + label,
                 "write tag:" + label + ", or the node's name without --select"};
  }
  const std::string tag = label.substr(kTag.size());
  std::set<std::string> known;
  bool found = false;
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    for (const std::string& each : graph.nodes[id].execution.tags) {
      known.insert(each);
      if (each != tag) continue;
      selected[id] = true;
      found = true;
    }
  }
  if (found) return {};
  return Unknown("tag", tag, {known.begin(), known.end()});
}

}  // namespace

std::vector<bool> WithAllBefore(const Graph& graph, NodeId id) {
  std::vector<bool> before(graph.nodes.size(), false);
  before[id] = true;
  for (NodeId at = id + 1; at-- > 0;) {
    if (!before[at]) continue;
    for (const Input& input : graph.nodes[at].inputs) before[input.node] = true;
  }
  return before;
}

std::vector<bool> WithAllBehind(const Graph& graph, NodeId id) {
  std::vector<bool> behind(graph.nodes.size(), false);
  behind[id] = true;
  for (NodeId at = id + 1; at < graph.nodes.size(); ++at) {
    const auto& inputs = graph.nodes[at].inputs;
    behind[at] = std::any_of(inputs.begin(), inputs.end(),
                             [&](const Input& input) { return behind[input.node]; });
  }
  return behind;
}

Result<std::vector<bool>> SelectNodes(const Graph& graph, const Selection& selection) {
  std::vector<bool> selected(graph.nodes.size(), selection.empty());
  for (const std::string& word : selection.nodes) TRY(SelectWord(graph, word, selected));
  for (const std::string& word : selection.until) TRY(SelectWord(graph, "+" + word, selected));
  for (const std::string& label : selection.labels) TRY(SelectLabel(graph, label, selected));
  return selected;
}

}  // namespace assay::plan
