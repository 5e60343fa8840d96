/// The result of a node as the catalog keeps it (`node_result.result`).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "plan/plan.h"
#include "store/catalog.h"
#include "store/table.h"

namespace assay::run {

struct NodeOutput {
  std::map<std::string, store::Table> outputs;  ///< "" is what passed; `refused`
  Json verdict;                                 ///< gates and sources that refused rows; else null
  std::string commit;                           ///< datasets
  std::string version;
  /// Datasets: what the store must have for the commit to stand, itself included.
  std::vector<store::FileRef> objects;
  std::string evidence;  ///< datasets: see plan::Evidence
  /// Gates: by the clock, the verdict is another one than was kept. Not kept itself.
  bool judged_again = false;
};

Json NodeOutputJson(const NodeOutput& output);
Result<NodeOutput> ParseNodeOutput(const Json& json);

/// The nodes for which there is one, by name.
Result<std::vector<std::string>> NodesThatRan(store::Catalog& catalog);

/// The newest output of a node, as a table: `joined`, `checked.refused`.
Result<store::Table> NewestOutput(store::Catalog& catalog, const std::string& name);

/// As planning sees it.
plan::Known KnownOf(const NodeOutput& output);

}  // namespace assay::run
