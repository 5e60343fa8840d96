/// What the kinds that put two tables beside each other have in common: the columns that must be
/// equal, and the columns of the right side that are taken. Their SQL calls the sides `left_rows`
/// and `right_rows`.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "step/step.h"

namespace assay::step {

/// A column of the left side and the one of the right side that must be equal to it.
struct ColumnPair {
  std::string left;
  std::string right;
};

/// Those of `on` and `right_on`, or of other parameters of that form; the right side has the same
/// names where it is told none. `CheckPairs` comes first.
std::vector<ColumnPair> PairsOn(const Json& params, const std::string& on);

/// Mistakes in such parameters that they show alone.
Status CheckPairs(const Json& params, const std::string& on);
/// An error where a column is not there, or the types of a pair do not compare.
Status CheckPairTypes(const StepContext& context, const std::vector<ColumnPair>& pairs);

/// `left_rows."a" = right_rows."b" AND ...`
std::string EqualPairs(const std::vector<ColumnPair>& pairs, bool nulls_equal);

/// Mistakes in `columns` and `rename` that they show alone.
Status CheckTaken(const Json& params);
/// A column of the right side, and its name in the answer.
struct TakenColumn {
  std::string column;
  std::string name;
};
/// The columns of the right side that are taken, all but `keys` where none are named. An error
/// where one is not there, or has a name that the left side has too.
Result<std::vector<TakenColumn>> TakenColumns(const StepContext& context,
                                              const std::vector<std::string>& keys);

/// Parameters `columns` and `rename`, for a kind's list.
contract::Param ColumnsParam();
contract::Param RenameParam();

}  // namespace assay::step
