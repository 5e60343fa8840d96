#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/joined_columns.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::PairsOf;
using contract::TextsOf;
using engine::QuoteName;

bool TakesRight(const Json& params) {
  const std::string how = params.value("how", "left");
  return how != "semi" && how != "anti";
}

// `, right_rows."a", right_rows."b" AS "c"`
std::string NamedColumns(const Json& params) {
  std::string text;
  for (const std::string& column : TextsOf(params, "columns")) {
    text += ", right_rows." + QuoteName(column);
    for (const auto& [old_name, new_name] : PairsOf(params, "rename")) {
      if (HasName({old_name}, column)) text += " AS " + QuoteName(new_name);
    }
  }
  return text;
}

// Of the right side what is taken, behind the columns of the left.
std::string Taken(const Json& params, const std::vector<ColumnPair>& keys) {
  if (params.contains("columns")) return NamedColumns(params);
  std::vector<std::string> left_out;
  left_out.reserve(keys.size());
  for (const ColumnPair& key : keys) left_out.push_back(key.right);
  std::string renamed;
  for (const auto& [old_name, new_name] : PairsOf(params, "rename")) {
    renamed += (renamed.empty() ? "" : ", ") + QuoteName(old_name) + " AS " + QuoteName(new_name);
  }
  return ", right_rows.* EXCLUDE (" + engine::NameList(left_out) + ")" +
         (renamed.empty() ? "" : " RENAME (" + renamed + ")");
}

// Of a full join: the columns that are compared are filled from the side that is there.
std::string Filled(const std::vector<ColumnPair>& keys) {
  std::string filled;
  for (const ColumnPair& key : keys) {
    const std::string name = QuoteName(key.left);
    filled += (filled.empty() ? "coalesce(left_rows." : ", coalesce(left_rows.") + name +
              ", right_rows." + QuoteName(key.right) + ") AS " + name;
  }
  return " REPLACE (" + filled + ")";
}

Result<std::string> Select(const Json& params) {
  const std::string left = QuoteName(params.at("left").get<std::string>());
  const std::string right = QuoteName(params.at("right").get<std::string>());
  const std::string how = params.value("how", "left");
  const std::vector<ColumnPair> keys = PairsOn(params, "on");
  const std::string on = EqualPairs(keys, params.value("nulls_equal", false));
  const std::string taken = TakesRight(params) ? Taken(params, keys) : "";
  const std::string join = how == "inner"  ? " INNER JOIN "
                           : how == "semi" ? " SEMI JOIN "
                           : how == "anti" ? " ANTI JOIN "
                           : how == "full" ? " FULL JOIN "
                                           : " LEFT JOIN ";
  return "SELECT left_rows.*" + (how == "full" ? Filled(keys) : "") + taken + " FROM " + left +
         " AS left_rows" + join + right + " AS right_rows ON " + on;
}

Status CheckParams(const Json& params) {
  TRY(CheckPairs(params, "on"));
  TRY(CheckTaken(params));
  const std::string how = params.value("how", "");
  if (how == "full" && params.value("cardinality", "many_to_one") != "many_to_many") {
    return Error{ErrorCode::kUser, "the cardinality of a full join is not counted",
                 "write `cardinality: many_to_many`, and let a gate judge the keys with `unique`"};
  }
  if (TakesRight(params)) return {};
  for (const char* param : {"columns", "rename"}) {
    if (!params.contains(param)) continue;
    return Error{ErrorCode::kUser,
                 "`" + std::string(param) + "` says nothing in " +
                     (how == "semi" ? "a semi join" : "an anti join"),
                 "only columns of the left side come out of it"};
  }
  if (params.value("cardinality", "many_to_one") == "many_to_one") return {};
  return Error{ErrorCode::kUser,
               std::string("`cardinality` says nothing in ") +
                   (how == "semi" ? "a semi join" : "an anti join"),
               "each row of the left side comes out of it once at most"};
}

Status Check(const StepContext& context) {
  const std::vector<ColumnPair> keys = PairsOn(context.params, "on");
  TRY(CheckPairTypes(context, keys));
  if (!TakesRight(context.params)) return {};
  std::vector<std::string> right_keys;
  right_keys.reserve(keys.size());
  for (const ColumnPair& key : keys) right_keys.push_back(key.right);
  TRY(TakenColumns(context, right_keys));
  return {};
}

std::vector<std::string> Once(const Json& params) {
  if (!TakesRight(params)) return {};
  const std::string cardinality = params.value("cardinality", "many_to_one");
  std::vector<std::string> once;
  if (cardinality == "many_to_one" || cardinality == "one_to_one") {
    once.push_back(params.at("left").get<std::string>());
  }
  if (cardinality == "one_to_many" || cardinality == "one_to_one") {
    once.push_back(params.at("right").get<std::string>());
  }
  return once;
}

}  // namespace

StepKind join_step() {
  using contract::ParamType;
  return {
      .info = {.name = "join",
               .summary = "puts rows of two nodes beside each other where columns are equal",
               .help =
                   "The columns of the left side come first, then those of the right side without "
                   "the ones that are compared. A column that both sides have is an error that "
                   "names it: `rename` gives the right one another name, `columns` leaves it out. "
                   "Columns whose types do not compare, such as text with a number, are an error "
                   "before anything runs.\n\n"
                   "`how`: `left` keeps rows of the left side without a partner, with nulls; "
                   "`inner` leaves them out; `full` keeps those of both sides, the compared "
                   "columns filled from the side that is there; `semi` keeps the rows of the left "
                   "side that have a partner and `anti` those that have none, without columns of "
                   "the right. A missing partner refuses no row: a gate with `not_null` behind a "
                   "left join, or an `anti` join, shows them.\n\n"
                   "`cardinality` is a promise, and the step fails when it is broken: "
                   "`many_to_one`, each row of the left side finds one partner at most (the right "
                   "side is looked up in); `one_to_many`, each row of the right side does; "
                   "`one_to_one`, both; `many_to_many` promises nothing. A `full` join is not "
                   "counted and needs `many_to_many`.\n\n"
                   "Null equals nothing, not even null, unless `nulls_equal: true`. Lineage leads "
                   "to the "
                   "rows of both sides, but states none for `full`.",
               .version = 1,
               .params = {{.name = "left",
                           .type = ParamType::kInput,
                           .summary = "the node whose rows are added to",
                           .required = true},
                          {.name = "right",
                           .type = ParamType::kInput,
                           .summary = "the node whose columns are added",
                           .required = true},
                          {.name = "on",
                           .type = ParamType::kColumns,
                           .summary = "columns that must be equal",
                           .required = true},
                          {.name = "right_on",
                           .type = ParamType::kColumns,
                           .summary = "their names on the right side, in the same order (default: "
                                      "as in on)"},
                          {.name = "how",
                           .type = ParamType::kChoice,
                           .summary = "which rows come out",
                           .by_default = "left",
                           .choices = {"left", "inner", "full", "semi", "anti"}},
                          {.name = "cardinality",
                           .type = ParamType::kChoice,
                           .summary = "how many partners a row may have; the step fails at more",
                           .by_default = "many_to_one",
                           .choices = {"many_to_one", "one_to_one", "one_to_many", "many_to_many"}},
                          ColumnsParam(),
                          RenameParam(),
                          {.name = "nulls_equal",
                           .type = ParamType::kBool,
                           .summary = "true: null is equal to null (default false)"}},
               .by_select = true,
               .check = CheckParams,
               .example = "steps:\n  placed:\n    kind: join\n    left: flights\n    right: "
                          "airports\n    on: origin\n    right_on: iata\n    columns: [city, "
                          "state]\n"},
      .select = Select,
      .check = Check,
      .once = Once,
      .order_free = true};
}

}  // namespace assay::step
