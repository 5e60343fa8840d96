#include "run/node_output.h"

#include <set>

namespace assay::run {
namespace {

constexpr int kRunsLookedAt = 50;

bool HasResult(const store::NodeRun& node) {
  return node.status == "ran" || node.status == "cached";
}

}  // namespace

Json NodeOutputJson(const NodeOutput& output) {
  Json json = Json::object();
  json["outputs"] = Json::object();
  for (const auto& [name, table] : output.outputs) json["outputs"][name] = TableJson(table);
  if (!output.verdict.is_null()) json["verdict"] = output.verdict;
  if (!output.commit.empty()) json["commit"] = output.commit;
  if (!output.version.empty()) json["version"] = output.version;
  for (const store::FileRef& object : output.objects) {
    json["objects"].push_back(store::FileJson(object));
  }
  if (!output.evidence.empty()) json["evidence"] = output.evidence;
  return json;
}

Result<NodeOutput> ParseNodeOutput(const Json& json) {
  NodeOutput output;
  if (!json.is_object() || !json.contains("outputs") || !json["outputs"].is_object()) {
    return Error{ErrorCode::kData, "not a node's result in the catalog", ""};
  }
  for (const auto& [name, table] : json["outputs"].items()) {
    TRY_ASSIGN(output.outputs[name], store::ParseTableJson(table));
  }
  if (json.contains("verdict")) output.verdict = json["verdict"];
  output.commit = json.value("commit", "");
  output.version = json.value("version", "");
  for (const Json& object : json.value("objects", Json::array())) {
    TRY_ASSIGN(store::FileRef file, store::ParseFileJson(object));
    output.objects.push_back(std::move(file));
  }
  if (!output.commit.empty() && output.objects.empty()) {
    return Error{ErrorCode::kData, "a dataset's result in the catalog names no objects", ""};
  }
  output.evidence = json.value("evidence", "");
  return output;
}

Result<std::vector<std::string>> NodesThatRan(store::Catalog& catalog) {
  std::set<std::string> names;
  TRY_ASSIGN(const auto runs, catalog.Runs(kRunsLookedAt));
  for (const store::RunRow& run : runs) {
    TRY_ASSIGN(const auto nodes, catalog.NodeRuns(run.id));
    for (const store::NodeRun& each : nodes) {
      if (HasResult(each)) names.insert(each.node);
    }
  }
  return std::vector<std::string>(names.begin(), names.end());
}

Result<store::Table> NewestOutput(store::Catalog& catalog, const std::string& name) {
  const std::size_t dot = name.find('.');
  const std::string node = name.substr(0, dot);
  const std::string output = dot == std::string::npos ? "" : name.substr(dot + 1);
  TRY_ASSIGN(const std::string fingerprint, catalog.CurrentFingerprint(node));
  TRY_ASSIGN(const auto result, catalog.FindNodeResult(fingerprint));
  if (result) {
    TRY_ASSIGN(const NodeOutput parsed, ParseNodeOutput(result->result));
    const auto table = parsed.outputs.find(output);
    if (table != parsed.outputs.end()) return table->second;
    std::string known;
    for (const auto& [each, rows] : parsed.outputs) {
      known += (known.empty() ? "" : ", ") + node + (each.empty() ? "" : "." + each);
    }
    return Error{ErrorCode::kUser, "no such output of a node: " + name, "there are " + known};
  }
  return Error{ErrorCode::kUser, "nothing was made yet by: " + name, "`assay run` makes it"};
}

plan::Known KnownOf(const NodeOutput& output) {
  plan::Known known;
  for (const auto& [name, table] : output.outputs) known.outputs[name] = table.content_id;
  if (output.verdict.is_object()) known.verdict = output.verdict.value("verdict", "");
  known.evidence = output.evidence;
  known.judged_again = output.judged_again;
  return known;
}

}  // namespace assay::run
