/// What the catalog keeps of a run, and its form as JSON: the same in every door.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "run/run_report.h"
#include "store/catalog.h"

namespace assay::run {

/// The version at which a dataset stood when the run had done with it.
struct RunVersion {
  std::string dataset, version, commit;
  std::string number;  ///< `v2`, or empty
  bool made = false;   ///< committed by this run; else it was there before
};

struct RunRecord {
  store::RunRow run;
  std::vector<store::NodeRun> nodes;  ///< in the order of the graph
  Json verdicts = Json::array();      ///< of its gates, as `gate.judged` events tell them
  std::vector<RunVersion> versions;   ///< in the order of the graph
};

/// By id, the unique beginning of one, `last`, or `last~1` for the one before.
Result<RunRecord> FindRunRecord(store::Catalog& catalog, const std::string& id);

/// Adds the verdicts of gates that the run took from the cache, as they were kept: `verdicts` then
/// has one of every gate, unless gc forgot it.
Status AddKeptVerdicts(store::Catalog& catalog, RunRecord& record);

/// What a node's record holds beside its columns in the catalog: see `NodeDetailJson`.
struct NodeDetail {
  std::string type;  ///< source | step | gate | dataset; empty in the record of an old program
  std::string engine, started_at, hint;
  int attempts = 1;
  std::vector<TableNote> inputs, outputs;
  std::vector<LogLine> log;
  std::vector<std::string> warnings, examples;
};

/// What is not as `NodeDetailJson` writes it is left out.
NodeDetail DetailOf(const store::NodeRun& node);

/// The command that asked for the run, as it could be written again: `assay run +checked --force`.
std::string RequestText(const store::RunRow& run);

/// One line of a list: `{"id", "status", "started_at", "finished_at", "exit", "who", "program"}`.
Json RunRowJson(const store::RunRow& run);
/// The same with `request`, `nodes`, `verdicts` and `versions`.
Json RunRecordJson(const RunRecord& record);
/// `{"seq", "at", "type", "run", "body"}`
Json EventJson(const store::EventRow& event);

}  // namespace assay::run
