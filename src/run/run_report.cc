#include "run/run_report.h"

#include <algorithm>
#include <utility>

#include "base/result.h"

namespace assay::run {
TableNote NoteOf(const std::string& name, const store::Table& table) {
  TableNote note{name, table.content_id, table.rows, 0, LineageWords(table)};
  for (const store::FileRef& file : table.files) note.bytes += file.bytes;
  return note;
}

Json TablesJson(const std::vector<TableNote>& tables) {
  Json list = Json::array();
  for (const TableNote& table : tables) {
    list.push_back(Json{{"name", table.name},
                        {"content", table.content_id},
                        {"rows", table.rows},
                        {"bytes", table.bytes}});
    if (!table.lineage.empty()) list.back()["lineage"] = table.lineage;
  }
  return list;
}

Json LogJson(const std::vector<LogLine>& log) {
  Json list = Json::array();
  for (const LogLine& line : log) list.push_back({{"at", line.at}, {"text", line.text}});
  return list;
}

Json RunReportJson(const RunReport& report) {
  Json nodes = Json::array();
  for (const NodeReport& node : report.nodes) {
    Json json{{"name", node.name},
              {"kind", node.kind},
              {"status", node.status},
              {"verdict", node.verdict.empty() ? Json(nullptr) : Json(node.verdict)},
              {"reason", node.reason},
              {"rows_in", node.rows_in},
              {"rows_out", node.rows_out},
              {"rows_refused", node.rows_refused},
              {"seconds", node.seconds},
              {"attempts", node.attempts},
              {"peak_buffer_bytes", node.peak_buffer_bytes}};
    if (!node.error.empty()) json["error"] = node.error;
    if (!node.hint.empty()) json["hint"] = node.hint;
    if (!node.warnings.empty()) json["warnings"] = node.warnings;
    if (node.verdict_body.is_object()) json["checks"] = node.verdict_body["checks"];
    nodes.push_back(std::move(json));
  }
  Json datasets = Json::array();
  for (const DatasetReport& dataset : report.datasets) {
    datasets.push_back(Json{{"name", dataset.name},
                            {"version", dataset.version},
                            {"commit", dataset.commit},
                            {"ref", dataset.ref},
                            {"status", dataset.status}});
  }
  return Json{{"run", report.run},
              {"environment", TextOrNull(report.environment)},
              {"status", report.status},
              {"exit", report.exit},
              {"seconds", report.seconds},
              {"nodes", std::move(nodes)},
              {"datasets", std::move(datasets)}};
}

Json NodeDetailJson(const NodeReport& report) {
  Json detail{{"type", report.type}};
  const auto add = [&detail](const char* name, Json value) {
    if (!value.empty()) detail[name] = std::move(value);
  };
  const auto add_text = [&detail](const char* name, const std::string& text) {
    if (!text.empty()) detail[name] = text;
  };
  add_text("engine", report.engine);
  add_text("started_at", report.started_at);
  add_text("hint", report.hint);
  if (report.attempts > 1) detail["attempts"] = report.attempts;
  add("inputs", TablesJson(report.inputs));
  add("outputs", TablesJson(report.outputs));
  add("log", LogJson(report.log));
  add("warnings", report.warnings);
  add("examples", report.examples);
  return detail;
}

void Conclude(RunReport& report) {
  bool ran = false;
  bool cancelled = false;
  report.status = "nothing-to-do";
  for (const NodeReport& node : report.nodes) {
    ran = ran || node.status == "ran";
    cancelled = cancelled || node.status == "cancelled";
    if (node.status == "failed") {
      report.status = "failed";
      report.exit = std::max(report.exit, node.exit);
    } else if (node.verdict == "fail" && report.status != "failed") {
      report.status = "gate-failed";
      report.exit = std::max(report.exit, 1);
    }
  }
  if (ran && report.status == "nothing-to-do") report.status = "done";
  if (!cancelled) return;
  report.status = "cancelled";
  report.exit = ExitStatus(ErrorCode::kCancelled);
}

}  // namespace assay::run
