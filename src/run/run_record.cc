#include "run/run_record.h"

#include <utility>

namespace assay::run {
namespace {

Json NodeRunJson(const store::NodeRun& node) {
  return Json{{"name", node.node},
              {"kind", node.kind},
              {"fingerprint", node.fingerprint},
              {"status", node.status},
              {"verdict", node.verdict.empty() ? Json(nullptr) : Json(node.verdict)},
              {"reason", node.reason},
              {"error", node.error.empty() ? Json(nullptr) : Json(node.error)},
              {"rows_in", node.rows_in},
              {"rows_out", node.rows_out},
              {"rows_refused", node.rows_refused},
              {"seconds", node.seconds},
              {"peak_buffer_bytes", node.peak_buffer_bytes}};
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
  return record;
}

Json RunRowJson(const store::RunRow& run) {
  return Json{{"id", run.id},         {"status", run.status},   {"started_at", run.started_at},
              {"who", run.who},       {"program", run.program}, {"finished_at", run.finished_at},
              {"exit", run.exit_code}};
}

Json RunRecordJson(const RunRecord& record) {
  Json json = RunRowJson(record.run);
  json["nodes"] = Json::array();
  for (const store::NodeRun& node : record.nodes) json["nodes"].push_back(NodeRunJson(node));
  json["verdicts"] = record.verdicts;
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
