#include "run/run_record.h"

#include <optional>
#include <set>
#include <utility>

#include "run/node_output.h"

namespace assay::run {
namespace {

// The elements of a list; nothing where there is none.
Json ListOf(const Json& json, const char* member) {
  const auto found = json.find(member);
  return found != json.end() && found->is_array() ? *found : Json::array();
}

std::vector<std::string> TextsOf(const Json& json, const char* member) {
  std::vector<std::string> texts;
  for (const Json& text : ListOf(json, member)) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

std::vector<TableNote> TablesOf(const Json& list) {
  std::vector<TableNote> tables;
  for (const Json& table : list) {
    if (!table.is_object()) continue;
    tables.push_back({MemberText(table, "name"), MemberText(table, "content"),
                      MemberCount(table, "rows"), MemberCount(table, "bytes"),
                      MemberText(table, "lineage")});
  }
  return tables;
}

Json NodeRunJson(const store::NodeRun& node) {
  const NodeDetail detail = DetailOf(node);
  return Json{{"name", node.node},
              {"type", TextOrNull(detail.type)},
              {"kind", node.kind},
              {"fingerprint", node.fingerprint},
              {"status", node.status},
              {"verdict", TextOrNull(node.verdict)},
              {"reason", node.reason},
              {"error", TextOrNull(node.error)},
              {"hint", TextOrNull(detail.hint)},
              {"rows_in", node.rows_in},
              {"rows_out", node.rows_out},
              {"rows_refused", node.rows_refused},
              {"started_at", TextOrNull(detail.started_at)},
              {"seconds", node.seconds},
              {"attempts", detail.attempts},
              {"engine", TextOrNull(detail.engine)},
              {"peak_buffer_bytes", node.peak_buffer_bytes},
              {"inputs", TablesJson(detail.inputs)},
              {"outputs", TablesJson(detail.outputs)},
              {"warnings", detail.warnings},
              {"examples", detail.examples},
              {"log", LogJson(detail.log)}};
}

Json VersionsJson(const std::vector<RunVersion>& versions) {
  Json list = Json::array();
  for (const RunVersion& version : versions) {
    list.push_back(Json{{"dataset", version.dataset},
                        {"version", version.version},
                        {"commit", version.commit},
                        {"number", TextOrNull(version.number)},
                        {"made", version.made}});
  }
  return list;
}

bool IsDataset(const store::NodeRun& node) {
  return node.kind == "dataset" && (node.status == "ran" || node.status == "cached");
}

// What the run committed, else what the node's result says; nothing where gc forgot it.
Result<std::optional<RunVersion>> VersionOf(store::Catalog& catalog, const store::NodeRun& node) {
  RunVersion version;
  version.dataset = node.node;
  TRY_ASSIGN(const auto commits, catalog.Commits(node.node));
  for (const store::CommitRow& commit : commits) {
    if (commit.run != node.run) continue;
    version.version = commit.version;
    version.commit = commit.id;
    version.made = true;
    break;
  }
  if (!version.made) {
    TRY_ASSIGN(const auto result, catalog.FindNodeResult(node.fingerprint));
    if (!result) return std::optional<RunVersion>();
    TRY_ASSIGN(const NodeOutput output, ParseNodeOutput(result->result));
    if (output.version.empty()) return std::optional<RunVersion>();
    version.version = output.version;
    version.commit = output.commit;
  }
  TRY_ASSIGN(version.number, catalog.VersionNumber(node.node, version.version));
  return std::optional<RunVersion>(std::move(version));
}

// A word as a shell takes it.
std::string Quoted(const std::string& word) {
  constexpr auto kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.:/,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string WordOf(const Json& value) {
  return Quoted(value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

Result<RunRecord> FindRunRecord(store::Catalog& catalog, const std::string& id) {
  RunRecord record;
  TRY_ASSIGN(record.run, catalog.FindRun(id));
  TRY_ASSIGN(record.nodes, catalog.NodeRuns(record.run.id));
  TRY_ASSIGN(auto events, catalog.Events(record.run.id));
  for (store::EventRow& event : events) {
    if (event.type == "gate.judged") record.verdicts.push_back(std::move(event.body));
  }
  for (const store::NodeRun& node : record.nodes) {
    if (!IsDataset(node)) continue;
    TRY_ASSIGN(auto version, VersionOf(catalog, node));
    if (version) record.versions.push_back(std::move(*version));
  }
  return record;
}

Status AddKeptVerdicts(store::Catalog& catalog, RunRecord& record) {
  std::set<std::string> judged;
  for (const Json& verdict : record.verdicts) judged.insert(MemberText(verdict, "gate"));
  for (const store::NodeRun& node : record.nodes) {
    if (node.status != "cached" || node.verdict.empty() || judged.contains(node.node)) continue;
    TRY_ASSIGN(const auto result, catalog.FindNodeResult(node.fingerprint));
    if (!result) continue;
    TRY_ASSIGN(const NodeOutput output, ParseNodeOutput(result->result));
    if (!output.verdict.is_object()) continue;
    record.verdicts.push_back(output.verdict);
    record.verdicts.back()["gate"] = node.node;  // it may have had another name then
  }
  return {};
}

NodeDetail DetailOf(const store::NodeRun& node) {
  NodeDetail detail;
  const Json& json = node.detail;
  if (!json.is_object()) return detail;
  detail.type = MemberText(json, "type");
  detail.engine = MemberText(json, "engine");
  detail.started_at = MemberText(json, "started_at");
  detail.hint = MemberText(json, "hint");
  if (const auto attempts = MemberCount(json, "attempts"); attempts > 0 && attempts < 1'000'000) {
    detail.attempts = static_cast<int>(attempts);
  }
  detail.inputs = TablesOf(ListOf(json, "inputs"));
  detail.outputs = TablesOf(ListOf(json, "outputs"));
  for (const Json& line : ListOf(json, "log")) {
    if (line.is_object()) detail.log.push_back({MemberText(line, "at"), MemberText(line, "text")});
  }
  detail.warnings = TextsOf(json, "warnings");
  detail.examples = TextsOf(json, "examples");
  return detail;
}

std::string RequestText(const store::RunRow& run) {
  std::string text = "assay run";
  if (!run.detail.is_object()) return text;
  for (const Json& node : ListOf(run.detail, "nodes")) text += " " + WordOf(node);
  for (const auto& [name, value] : run.detail.items()) {
    if (name == "nodes") continue;
    std::string option = " --" + name;
    for (char& c : option) c = c == '_' ? '-' : c;
    if (value.is_boolean()) {
      text += option;
      continue;
    }
    for (const Json& each : value.is_array() ? value : Json::array({value})) {
      text += option + " " + WordOf(each);
    }
  }
  return text;
}

Json RunRowJson(const store::RunRow& run) {
  return Json{{"id", run.id},         {"status", run.status},   {"started_at", run.started_at},
              {"who", run.who},       {"program", run.program}, {"finished_at", run.finished_at},
              {"exit", run.exit_code}};
}

Json RunRecordJson(const RunRecord& record) {
  Json json = RunRowJson(record.run);
  json["request"] = record.run.detail.is_object() ? record.run.detail : Json::object();
  json["nodes"] = Json::array();
  for (const store::NodeRun& node : record.nodes) json["nodes"].push_back(NodeRunJson(node));
  json["verdicts"] = record.verdicts;
  json["versions"] = VersionsJson(record.versions);
  return json;
}

Json EventJson(const store::EventRow& event) {
  return Json{{"seq", event.seq},
              {"at", event.at},
              {"type", event.type},
              {"run", event.run},
              {"body", event.body}};
}

}  // namespace assay::run
