/// Kinds of splits: which rows of a version are for training, validation and test. One kind is one
/// file, `*_split.cc`.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/type.h"
#include "contract/kind_info.h"

namespace assay::step {

struct SplitSql {
  std::string expression;            ///< SQL that names a row's split; null where it cannot be told
  std::vector<std::string> names;    ///< all splits, in their order
  std::vector<std::string> columns;  ///< columns looked at, for messages
};

struct SplitKind {
  contract::KindInfo info;
  Result<SplitSql> (*to_sql)(const Json& params, const Schema& schema) = nullptr;
};

// One declaration for each *_split.cc, generated from the file names.
#include "step/all_splits_declared.inc"

const std::vector<SplitKind>& AllSplits();
const SplitKind* FindSplit(const std::string& name);

}  // namespace assay::step
