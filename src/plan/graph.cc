#include "plan/graph.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "base/letter_case.h"
#include "base/nearest.h"

namespace assay::plan {
namespace {

using contract::Declared;
using contract::Diagnostics;
using contract::KindInfo;
using contract::ParamType;
using contract::Place;

struct Wanted {
  std::string name;
  Place place;
};

// A node whose inputs are still names.
struct Draft {
  Node node;
  std::vector<Wanted> wants;
  std::vector<std::string> distributes;  // of a sql step: names of inputs
  std::vector<SqlReads::Kept> kept;      // of a sql step: columns of these
  // Of a gate: whether its parts say all of the whole, if rows that are equal in the columns of
  // each list are in one part. No list: in all columns but one.
  bool adds_up = false;
  struct Together {
    std::vector<std::string> columns;
    std::string all_but;
  };
  std::vector<Together> together;
};

std::string Canonical(const Json& value) {
  const auto text = CanonicalJson(value);
  return text.ok() ? *text : value.dump();
}

Place PlaceOf(const Declared& declared, const std::string& param) {
  const auto found = declared.places.find(param);
  return found == declared.places.end() ? declared.place : found->second;
}

void TakeDeclaredParams(const Declared& declared, const KindInfo& info, Draft& draft) {
  for (const contract::Param& param : info.params) {
    if (!declared.params.contains(param.name)) continue;
    const Json& value = declared.params[param.name];
    switch (param.type) {
      case ParamType::kInput:
        draft.wants.push_back({value.get<std::string>(), PlaceOf(declared, param.name)});
        break;
      case ParamType::kInputs:
        // A step's text may read them by name, so which is which is part of what it computes.
        draft.node.params[param.name] = Canonical(value);
        for (const Json& name : value) {
          draft.wants.push_back({name.get<std::string>(), PlaceOf(declared, param.name)});
        }
        break;
      case ParamType::kPath:
      case ParamType::kPaths:
        break;  // where the files lie is not what they hold
      default:
        draft.node.params[param.name] = Canonical(value);
    }
  }
}

Draft DraftDeclared(const Declared& declared, const std::vector<KindInfo>& kinds, NodeType type,
                    std::size_t index) {
  Draft draft;
  draft.node.name = declared.name;
  draft.node.type = type;
  draft.node.kind = declared.kind;
  draft.node.place = declared.place;
  draft.node.declared = index;
  draft.node.notes = Canonical(Json{{"license", declared.license}});
  draft.node.execution = declared.execution;
  draft.node.parts = declared.partition;
  if (declared.partition) {
    draft.node.params["partition"] = Canonical(PartitionText(*declared.partition));
  }
  if (const KindInfo* info = FindKind(kinds, declared.kind)) {
    draft.node.version = info->version;
    draft.node.refuses = info->refuses;
    TakeDeclaredParams(declared, *info, draft);
  }
  return draft;
}

void TakeSql(const Declared& step, const SqlFacts& sql, Draft& draft) {
  const auto facts = sql.find(step.name);
  if (facts == sql.end()) return;
  draft.node.params["sql"] = Canonical(facts->second.tree);
  draft.node.row_local = facts->second.row_local;
  draft.distributes = facts->second.distributes;
  draft.kept = facts->second.kept;
  if (!draft.wants.empty()) return;  // `inputs:` was written and wins
  std::set<std::string> seen;
  for (const SqlReads::Read& read : facts->second.tables) {
    if (seen.insert(read.name).second) draft.wants.push_back({read.name, read.place});
  }
}

Json ThresholdJson(const std::optional<contract::Threshold>& threshold) {
  if (!threshold) return "";
  return std::to_string(threshold->amount) + (threshold->is_share ? " millionths" : " rows");
}

Json CheckJson(const contract::CheckDecl& check, const contract::KindTables& kinds) {
  const KindInfo* info = FindKind(kinds.checks, check.kind);
  Json json{{"kind", check.kind + "/" + std::to_string(info == nullptr ? 1 : info->version)},
            {"name", check.name},
            {"params", check.params},
            {"severity", check.severity == contract::CheckSeverity::kError ? "error" : "warning"},
            {"dimension", check.dimension},
            {"warn_above", ThresholdJson(check.warn_above)},
            {"fail_above", ThresholdJson(check.fail_above)}};
  if (check.bound) json["bound"] = BoundText(*check.bound);
  return json;
}

// The nodes that a gate's checks compare with. Their names stay among the parameters: the verdict
// tells them.
void TakeCompared(const contract::Gate& gate, const contract::KindTables& kinds, Draft& draft) {
  std::set<std::string> seen;
  for (const contract::CheckDecl& check : gate.checks) {
    const KindInfo* info = FindKind(kinds.checks, check.kind);
    if (info == nullptr) continue;
    for (const contract::Param& param : info->params) {
      if (param.type != ParamType::kInput || !check.params.contains(param.name)) continue;
      const std::string name = check.params[param.name].get<std::string>();
      const auto place = check.places.find(param.name);
      if (!seen.insert(name).second) continue;
      draft.wants.push_back({name, place == check.places.end() ? check.place : place->second});
    }
  }
}

std::vector<std::string> TextsOf(const Json& value) {
  std::vector<std::string> texts;
  for (const Json& text : value) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

// Whether the gate can be judged by the parts of its input.
void TakeParts(const contract::Gate& gate, const contract::KindTables& kinds, Draft& draft) {
  // Whether bad rows that are let through are kept whole or as a sample follows from all of them.
  draft.adds_up = gate.bad_rows == contract::BadRows::kQuarantine;
  for (const contract::CheckDecl& check : gate.checks) {
    const KindInfo* info = FindKind(kinds.checks, check.kind);
    if (info == nullptr || info->over_parts == contract::OverParts::kNothing) {
      draft.adds_up = false;
      return;
    }
    if (info->together.empty()) continue;
    Draft::Together& together = draft.together.emplace_back();
    if (check.params.contains(info->together)) {
      together.columns = TextsOf(check.params[info->together]);
    } else {
      together.all_but = check.params.value(info->subject, "");
    }
  }
}

Json NotesOf(const contract::Gate& gate) {
  Json owners = Json::array();
  for (const contract::CheckDecl& check : gate.checks) {
    owners.push_back(check.owner ? OwnerJson(*check.owner) : Json(""));
  }
  return Json{{"owner", OwnerJson(gate.owner)}, {"owners", owners}};
}

Draft DraftGate(const contract::Gate& gate, const contract::KindTables& kinds, std::size_t index) {
  Draft draft;
  draft.node.name = gate.name;
  draft.node.type = NodeType::kGate;
  draft.node.kind = "gate";
  draft.node.place = gate.place;
  draft.node.declared = index;
  draft.node.refuses = true;
  draft.node.notes = Canonical(NotesOf(gate));
  draft.node.execution = gate.execution;
  draft.wants.push_back({gate.input, gate.input_place});
  TakeCompared(gate, kinds, draft);
  TakeParts(gate, kinds, draft);
  draft.node.params["name"] = Canonical(gate.name);  // verdict and quarantine carry it
  Json checks = Json::array();
  for (const contract::CheckDecl& check : gate.checks) checks.push_back(CheckJson(check, kinds));
  auto& params = draft.node.params;
  params["checks"] = Canonical(checks);
  params["bad_rows"] = Canonical(static_cast<int>(gate.bad_rows));
  params["by"] = Canonical(gate.by);
  params["min_rows"] = Canonical(gate.min_rows);
  params["warn_above"] = Canonical(ThresholdJson(gate.warn_above));
  params["fail_above"] = Canonical(ThresholdJson(gate.fail_above));
  return draft;
}

Json TransformJson(const contract::TransformDecl& transform, const contract::KindTables& kinds) {
  const KindInfo* info = FindKind(kinds.transforms, transform.kind);
  return Json{{"kind", transform.kind + "/" + std::to_string(info == nullptr ? 1 : info->version)},
              {"column", transform.column},
              {"params", transform.params},
              {"keep", transform.keep}};
}

Draft DraftDataset(const contract::Dataset& dataset, const contract::KindTables& kinds,
                   std::size_t index) {
  Draft draft;
  draft.node.name = dataset.name;
  draft.node.type = NodeType::kDataset;
  draft.node.kind = "dataset";
  draft.node.place = dataset.place;
  draft.node.declared = index;
  draft.node.notes = Canonical(Json{{"owner", OwnerJson(dataset.owner)}});
  draft.node.execution = dataset.execution;
  draft.wants.push_back({dataset.input, dataset.input_place});
  draft.node.params["name"] = Canonical(dataset.name);  // the commit carries it
  auto& params = draft.node.params;
  params["key"] = Canonical(dataset.key);
  params["label"] = Canonical(dataset.label);
  if (!dataset.split_kind.empty()) {
    const KindInfo* info = FindKind(kinds.splits, dataset.split_kind);
    const int version = info == nullptr ? 1 : info->version;
    params["split"] = Canonical(Json{{"kind", dataset.split_kind + "/" + std::to_string(version)},
                                     {"params", dataset.split_params}});
  }
  // Absent without, so that what was committed before these were known is not committed again.
  if (!dataset.checks.empty()) {
    Json checks = Json::array();
    for (const contract::CheckDecl& check : dataset.checks) {
      checks.push_back(CheckJson(check, kinds));
    }
    params["checks"] = Canonical(checks);
  }
  if (!dataset.prepare.empty()) {
    Json transforms = Json::array();
    for (const contract::TransformDecl& transform : dataset.prepare) {
      transforms.push_back(TransformJson(transform, kinds));
    }
    params["prepare"] = Canonical(transforms);
  }
  return draft;
}

// Finds the draft and output behind a written name.
using Places = std::unordered_map<std::string_view, NodeId>;

std::optional<Input> ResolveInput(const std::vector<Draft>& drafts, const Places& places,
                                  const std::string& name) {
  const std::size_t dot = name.find('.');
  const std::string output = dot == std::string::npos ? "" : name.substr(dot + 1);
  const auto found = places.find(std::string_view(name).substr(0, dot));
  if (found == places.end()) return std::nullopt;
  const Node& node = drafts[found->second].node;
  const bool has_output = output.empty() || (output == "refused" && node.refuses);
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

void ResolveInputs(std::vector<Draft>& drafts, Diagnostics& diagnostics) {
  Places places;  // of the first of a name
  for (NodeId i = 0; i < drafts.size(); ++i) places.emplace(drafts[i].node.name, i);
  for (Draft& draft : drafts) {
    for (const Wanted& want : draft.wants) {
      if (auto input = ResolveInput(drafts, places, want.name)) {
        draft.node.inputs.push_back(*input);
      } else {
        diagnostics.Error(want.place,
                          "`" + draft.node.name + "` reads what nothing makes: " + want.name,
                          UnknownInputHint(drafts, want.name));
      }
    }
  }
}

// A repeat of a whole row, or of a key with the column of the parts, lies in the same part.
bool RepeatsStayInParts(const Node& node, const contract::Partition& parts) {
  if (parts.by_file() || parts.column.empty()) return false;
  const auto key = node.params.find("key");
  if (key == node.params.end()) return node.params.contains("rows");
  return key->second.find(Canonical(parts.column)) != std::string::npos;
}

bool SameName(const std::string& one, const std::string& other) {
  return Lower(one) == Lower(other);
}

// The same of the rows that a gate compares with each other.
bool ComparedStayInParts(const Draft& gate, const contract::Partition& parts) {
  return std::all_of(
      gate.together.begin(), gate.together.end(), [&](const Draft::Together& together) {
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

// Whether the node is computed by the parts of an input, and into which parts its table is cut. A
// gate leaves parts as they are.
void FindParts(const Draft& draft, const Graph& graph, Node& node) {
  if (node.type == NodeType::kDataset) return;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Input& input = node.inputs[i];
    const std::optional<contract::Partition>& parts = graph.nodes[input.node].parts;
    if (!parts || !input.output.empty()) continue;
    if (node.type == NodeType::kGate) {
      if (i > 0) return;
      node.parts = parts;
      if (draft.adds_up && ComparedStayInParts(draft, *parts)) node.by_part = i;
      return;
    }
    if (node.kind == "dedup") {
      if (RepeatsStayInParts(node, *parts)) node.by_part = i;
      node.parts = parts;
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
  if (watched.contains(node.name)) return "a monitor looks at them";
  for (const NodeId id : readers) {
    const Node& reader = graph.nodes[id];
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
    drafts.push_back(DraftDeclared(project.sources[i], kinds.sources, NodeType::kSource, i));
  }
  for (std::size_t i = 0; i < project.steps.size(); ++i) {
    drafts.push_back(DraftDeclared(project.steps[i], kinds.steps, NodeType::kStep, i));
    TakeSql(project.steps[i], sql, drafts.back());
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
