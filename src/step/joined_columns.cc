#include "step/joined_columns.h"

#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/common_type.h"

namespace assay::step {
namespace {

using contract::PairsOf;
using contract::TextsOf;

std::vector<std::string> FirstsOf(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::string> names;
  names.reserve(pairs.size());
  for (const auto& [name, text] : pairs) names.push_back(name);
  return names;
}

std::vector<std::string> SecondsOf(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::string> names;
  names.reserve(pairs.size());
  for (const auto& [name, text] : pairs) names.push_back(text);
  return names;
}

// An error where the left side has columns of these names.
Status CheckClashes(const StepInput& left, const StepInput& right,
                    const std::vector<TakenColumn>& taken) {
  std::vector<std::string> clashing;
  for (const TakenColumn& each : taken) {
    if (HasName(FieldNames(left.schema), each.name)) clashing.push_back(each.name);
  }
  if (clashing.empty()) return {};
  std::string hint = "write `rename: {";
  for (std::size_t i = 0; i < clashing.size(); ++i) {
    hint += (i == 0 ? "" : ", ") + clashing[i] + ": " + clashing[i] + "_right";
  }
  return Error{ErrorCode::kUser,
               "`" + left.name + "` and `" + right.name + "` both have " + Listed(clashing),
               hint + "}`, or name in `columns` what to take of the right side"};
}

}  // namespace

std::vector<ColumnPair> PairsOn(const Json& params, const std::string& on) {
  const std::vector<std::string> left = TextsOf(params, on);
  const std::vector<std::string> right =
      params.contains("right_" + on) ? TextsOf(params, "right_" + on) : left;
  std::vector<ColumnPair> pairs;
  pairs.reserve(left.size());
  for (std::size_t i = 0; i < left.size(); ++i) pairs.push_back({left[i], right.at(i)});
  return pairs;
}

Status CheckPairs(const Json& params, const std::string& on) {
  const std::vector<std::string> left = TextsOf(params, on);
  TRY(CheckNamedOnce(on, left));
  if (!params.contains("right_" + on)) return {};
  const std::vector<std::string> right = TextsOf(params, "right_" + on);
  TRY(CheckNamedOnce("right_" + on, right));
  if (left.size() == right.size()) return {};
  return Error{ErrorCode::kUser,
               "`" + on + "` names " + std::to_string(left.size()) + " columns, `right_" + on +
                   "` names " + std::to_string(right.size()),
               "the first is equal to the first, the second to the second, and so on"};
}

Status CheckPairTypes(const StepContext& context, const std::vector<ColumnPair>& pairs) {
  const StepInput& left = InputOf(context, "left");
  const StepInput& right = InputOf(context, "right");
  for (const ColumnPair& pair : pairs) {
    TRY_ASSIGN(const Field one, ColumnOf(left, pair.left));
    TRY_ASSIGN(const Field other, ColumnOf(right, pair.right));
    if (CanBeEqual(one.type, other.type)) continue;
    return Error{ErrorCode::kUser,
                 "`" + one.name + "` of `" + left.name + "` is " + TypeText(one.type) + ", `" +
                     other.name + "` of `" + right.name + "` is " + TypeText(other.type) +
                     ": these do not compare",
                 "bring one of them to the type of the other first"};
  }
  return {};
}

std::string EqualPairs(const std::vector<ColumnPair>& pairs, bool nulls_equal) {
  std::string text;
  for (const ColumnPair& pair : pairs) {
    text += (text.empty() ? "left_rows." : " AND left_rows.") + engine::QuoteName(pair.left) +
            (nulls_equal ? " IS NOT DISTINCT FROM right_rows." : " = right_rows.") +
            engine::QuoteName(pair.right);
  }
  return text;
}

Status CheckTaken(const Json& params) {
  TRY(CheckNamedOnce("columns", TextsOf(params, "columns")));
  TRY(CheckNamedOnce("rename", FirstsOf(PairsOf(params, "rename"))));
  return CheckNewNames("rename", SecondsOf(PairsOf(params, "rename")));
}

Result<std::vector<TakenColumn>> TakenColumns(const StepContext& context,
                                              const std::vector<std::string>& keys) {
  const StepInput& right = InputOf(context, "right");
  std::vector<TakenColumn> taken;
  for (const std::string& column : TextsOf(context.params, "columns")) {
    TRY_ASSIGN(const Field field, ColumnOf(right, column));
    taken.push_back({field.name, field.name});
  }
  for (const Field& field : right.schema) {
    if (context.params.contains("columns") || HasName(keys, field.name)) continue;
    taken.push_back({field.name, field.name});
  }
  for (const auto& [column, name] : PairsOf(context.params, "rename")) {
    TRY_ASSIGN(const Field field, ColumnOf(right, column));
    bool is_taken = false;
    for (TakenColumn& each : taken) {
      if (each.column != field.name) continue;
      each.name = name;
      is_taken = true;
    }
    if (is_taken) continue;
    return Error{ErrorCode::kUser, "`rename` names a column that is not taken: " + column,
                 "name it in `columns`"};
  }
  TRY(CheckClashes(InputOf(context, "left"), right, taken));
  std::vector<std::string> names;
  names.reserve(taken.size());
  for (const TakenColumn& each : taken) names.push_back(each.name);
  TRY(CheckNamedOnce("rename", names));
  return taken;
}

contract::Param ColumnsParam() {
  return {
      .name = "columns",
      .type = contract::ParamType::kColumns,
      .summary = "columns of the right side to take (default: all but those that are compared)"};
}

contract::Param RenameParam() {
  return {.name = "rename",
          .type = contract::ParamType::kMapping,
          .summary = "other names for columns of the right side, as {OLD: NEW}"};
}

}  // namespace assay::step
