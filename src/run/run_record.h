/// What the catalog keeps of a run, and its form as JSON: the same in every door.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "store/catalog.h"

namespace assay::run {

struct RunRecord {
  store::RunRow run;
  std::vector<store::NodeRun> nodes;  ///< in the order in which they ended
  Json verdicts = Json::array();      ///< of its gates, as `gate.judged` events tell them
};

/// By id, the unique beginning of one, or `last`.
Result<RunRecord> FindRunRecord(store::Catalog& catalog, const std::string& id);

/// One line of a list: `{"id", "status", "started_at", "finished_at", "exit", "who", "program"}`.
Json RunRowJson(const store::RunRow& run);
/// The same with `nodes` and `verdicts`.
Json RunRecordJson(const RunRecord& record);
/// `{"seq", "at", "type", "run", "body"}`
Json EventJson(const store::EventRow& event);

}  // namespace assay::run
