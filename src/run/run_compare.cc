#include "run/run_compare.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "contract/amount_text.h"
#include "run/run_log.h"

namespace assay::run {
namespace {

constexpr double kShortest = 0.01;  // seconds; below, a ratio tells of the machine, not of the run

std::vector<OutputPair> PairOutputs(const store::NodeRun& a, const store::NodeRun& b) {
  const NodeDetail before = DetailOf(a), after = DetailOf(b);
  // A side that made nothing, as one that failed, or that no record tells of.
  if (before.outputs.empty() || after.outputs.empty()) return {};
  std::map<std::string, OutputPair> pairs;
  for (const TableNote& table : before.outputs) pairs[table.name].a = table.content_id;
  for (const TableNote& table : after.outputs) pairs[table.name].b = table.content_id;
  std::vector<OutputPair> list;
  for (auto& [name, pair] : pairs) {
    pair.name = name;
    list.push_back(std::move(pair));
  }
  return list;
}

// The nodes of b in their order; those that a alone has stand where they stood in a, behind the
// last node before them that both have.
std::vector<std::string> NamesOf(const RunRecord& a, const RunRecord& b) {
  std::set<std::string> in_b;
  for (const store::NodeRun& node : b.nodes) in_b.insert(node.node);
  std::map<std::string, std::vector<std::string>> behind;  // "" is the beginning
  std::string last;
  for (const store::NodeRun& node : a.nodes) {
    if (in_b.contains(node.node)) {
      last = node.node;
    } else {
      behind[last].push_back(node.node);
    }
  }
  std::vector<std::string> names = behind[""];
  for (const store::NodeRun& node : b.nodes) {
    names.push_back(node.node);
    const auto found = behind.find(node.node);
    if (found != behind.end()) {
      names.insert(names.end(), found->second.begin(), found->second.end());
    }
  }
  return names;
}

std::map<std::string, const store::NodeRun*> ByName(const RunRecord& record) {
  std::map<std::string, const store::NodeRun*> nodes;
  for (const store::NodeRun& node : record.nodes) nodes[node.node] = &node;
  return nodes;
}

using CheckVerdicts = std::map<std::pair<std::string, std::string>, const Json*>;

// The last verdict on each gate counts.
CheckVerdicts ChecksOf(const RunRecord& record) {
  CheckVerdicts checks;
  for (const Json& verdict : record.verdicts) {
    if (!verdict.is_object() || !verdict.contains("checks")) continue;
    for (const Json& check : verdict["checks"]) {
      if (!check.is_object()) continue;
      checks[{verdict.value("gate", ""), check.value("name", "")}] = &check;
    }
  }
  return checks;
}

std::vector<CheckPair> PairChecks(const RunRecord& a, const RunRecord& b) {
  const CheckVerdicts before = ChecksOf(a), after = ChecksOf(b);
  std::vector<CheckPair> pairs;
  for (const auto& [name, check] : after) {
    const auto found = before.find(name);
    if (found == before.end()) continue;
    const Json& was = *found->second;
    CheckPair pair{name.first,
                   name.second,
                   was.value("verdict", ""),
                   check->value("verdict", ""),
                   was.value("observed", ""),
                   check->value("observed", "")};
    if (pair.a != pair.b) pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::vector<VersionPair> PairVersions(const RunRecord& a, const RunRecord& b) {
  std::map<std::string, VersionPair> pairs;
  for (const RunVersion& version : a.versions) pairs[version.dataset].a = version;
  for (const RunVersion& version : b.versions) pairs[version.dataset].b = version;
  std::vector<VersionPair> list;
  for (auto& [name, pair] : pairs) {
    pair.dataset = name;
    list.push_back(std::move(pair));
  }
  return list;
}

Json SideJson(const std::optional<store::NodeRun>& node) {
  if (!node) return nullptr;
  return Json{{"status", node->status},
              {"verdict", TextOrNull(node->verdict)},
              {"reason", node->reason},
              {"rows_out", node->rows_out},
              {"rows_refused", node->rows_refused},
              {"seconds", node->seconds}};
}

Json SideJson(const std::optional<RunVersion>& version) {
  if (!version) return nullptr;
  return Json{{"version", version->version},
              {"commit", version->commit},
              {"number", TextOrNull(version->number)},
              {"made", version->made}};
}

Json SideJson(const RunRecord& record) {
  Json json = RunRowJson(record.run);
  json["request"] = record.run.detail.is_object() ? record.run.detail : Json::object();
  const auto seconds = SecondsOf(record.run);
  json["seconds"] = seconds ? Json(*seconds) : Json(nullptr);
  return json;
}

Json PairJson(const NodePair& pair) {
  Json outputs = Json::array();
  for (const OutputPair& output : pair.outputs) {
    outputs.push_back(Json{{"name", output.name},
                           {"a", TextOrNull(output.a)},
                           {"b", TextOrNull(output.b)},
                           {"changed", output.is_changed()}});
  }
  const auto slowdown = pair.slowdown();
  return Json{{"name", pair.name},
              {"a", SideJson(pair.a)},
              {"b", SideJson(pair.b)},
              {"outputs", std::move(outputs)},
              {"slowdown", slowdown ? Json(*slowdown) : Json(nullptr)},
              {"alike", pair.is_alike()}};
}

}  // namespace

bool NodePair::has_new_content() const {
  return std::any_of(outputs.begin(), outputs.end(),
                     [](const OutputPair& output) { return output.is_changed(); });
}

std::optional<double> NodePair::slowdown() const {
  if (!a || !b || a->status != "ran" || b->status != "ran") return std::nullopt;
  if (std::max(a->seconds, b->seconds) < kShortest || a->seconds <= 0) return std::nullopt;
  return b->seconds / a->seconds;
}

bool NodePair::is_alike() const {
  return a && b && a->status == b->status && a->verdict == b->verdict &&
         a->rows_out == b->rows_out && a->rows_refused == b->rows_refused && !has_new_content();
}

bool VersionPair::is_alike() const { return a && b && a->version == b->version; }

std::optional<double> SecondsOf(const store::RunRow& run) {
  const auto begin = MicrosOf(run.started_at), end = MicrosOf(run.finished_at);
  if (!begin || !end || *end < *begin) return std::nullopt;
  return static_cast<double>(*end - *begin) / 1e6;
}

std::string SecondsOfText(const store::RunRow& run) {
  const auto seconds = SecondsOf(run);
  if (!seconds) return "";
  return *seconds < 1 ? "less than 1 s" : contract::SecondsText(*seconds);
}

RunComparison CompareRuns(RunRecord a, RunRecord b) {
  RunComparison comparison{std::move(a), std::move(b), {}, {}, {}};
  const auto before = ByName(comparison.a), after = ByName(comparison.b);
  for (const std::string& name : NamesOf(comparison.a, comparison.b)) {
    NodePair pair;
    pair.name = name;
    if (const auto found = before.find(name); found != before.end()) pair.a = *found->second;
    if (const auto found = after.find(name); found != after.end()) pair.b = *found->second;
    if (pair.a && pair.b) pair.outputs = PairOutputs(*pair.a, *pair.b);
    comparison.nodes.push_back(std::move(pair));
  }
  comparison.versions = PairVersions(comparison.a, comparison.b);
  comparison.checks = PairChecks(comparison.a, comparison.b);
  return comparison;
}

Json RunComparisonJson(const RunComparison& comparison) {
  Json nodes = Json::array(), versions = Json::array(), checks = Json::array();
  for (const NodePair& pair : comparison.nodes) nodes.push_back(PairJson(pair));
  for (const VersionPair& pair : comparison.versions) {
    versions.push_back(Json{{"dataset", pair.dataset},
                            {"a", SideJson(pair.a)},
                            {"b", SideJson(pair.b)},
                            {"alike", pair.is_alike()}});
  }
  for (const CheckPair& pair : comparison.checks) {
    checks.push_back(Json{{"gate", pair.gate},
                          {"check", pair.check},
                          {"a", Json{{"verdict", pair.a}, {"observed", pair.observed_a}}},
                          {"b", Json{{"verdict", pair.b}, {"observed", pair.observed_b}}}});
  }
  return Json{{"a", SideJson(comparison.a)},
              {"b", SideJson(comparison.b)},
              {"nodes", std::move(nodes)},
              {"versions", std::move(versions)},
              {"checks", std::move(checks)}};
}

}  // namespace assay::run
