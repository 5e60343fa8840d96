#include <algorithm>

#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

// The columns that are taken together: those declared, else all but the label.
Result<std::vector<std::string>> InputColumns(const CheckContext& context,
                                              const std::string& label) {
  std::vector<std::string> names;
  if (context.params.contains("inputs")) {
    for (const Json& column : context.params["inputs"]) {
      const CheckContext one{Json{{"column", column}}, context.schema, "", ""};
      TRY_ASSIGN(const Field* field, CheckedColumn(one, "column"));
      names.push_back(field->name);
    }
  } else {
    names = FieldNames(context.schema);
    std::erase(names, label);
  }
  if (std::find(names.begin(), names.end(), label) != names.end()) {
    return Error{ErrorCode::kUser, "the label is no input of itself: " + label,
                 "take it out of `inputs`"};
  }
  if (names.empty()) {
    return Error{ErrorCode::kUser, "the data has no column beside the label: " + label, ""};
  }
  return names;
}

// True where a row of `one` has the same inputs as one of `other`.
std::string SameInputs(const std::vector<std::string>& names, const std::string& one,
                       const std::string& other) {
  std::string same;
  for (const std::string& name : names) {
    const std::string quoted = "." + engine::QuoteName(name);
    same +=
        (same.empty() ? "" : " AND ") + one + quoted + " IS NOT DISTINCT FROM " + other + quoted;
  }
  return same;
}

// A query of the inputs that have several labels. At least one of the labels is not the frequent
// one, so the rows that have the frequent one, most of all, are looked up and not grouped. Which
// label is taken for it makes no difference to the rows, only to the time.
std::string Conflicts(const std::string& table, const std::string& label,
                      const std::vector<std::string>& names) {
  const std::string list = engine::NameList(names);
  const std::string from = " FROM " + table + " AS _assay_input WHERE " + label;
  const std::string frequent = "(SELECT label FROM _assay_frequent)";
  return "WITH _assay_frequent AS (SELECT mode(" + label + ") AS label FROM (SELECT " + label +
         from + " IS NOT NULL LIMIT 10000)), _assay_rare AS (SELECT " + list + ", min(" + label +
         ") <> max(" + label + ") AS _assay_differ" + from + " <> " + frequent + " GROUP BY " +
         list + ") SELECT " + list + " FROM _assay_rare WHERE _assay_differ UNION SELECT " + list +
         from + " = " + frequent + " AND EXISTS (SELECT 1 FROM _assay_rare WHERE " +
         SameInputs(names, "_assay_rare", "_assay_input") + ")";
}

// The inputs that have several labels come from a pass of their own.
Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "label"));
  TRY_ASSIGN(const std::vector<std::string> names, InputColumns(context, field->name));
  const std::string label = engine::QuoteName(field->name);
  CompiledCheck check;
  check.column = field->name;
  check.expected = "the same for equal";
  for (const std::string& name : names) {
    check.expected += (name == names.front() ? " " : ", ") + name;
  }
  check.pass = Conflicts(context.table, label, names);
  check.sql = "(_assay_input." + label + " IS NOT NULL AND EXISTS (SELECT 1 FROM " +
              engine::QuoteName(context.pass_table) + " AS _assay_conflict WHERE " +
              SameInputs(names, "_assay_conflict", "_assay_input") + "))";
  return check;
}

}  // namespace

CheckKind label_conflict_check() {
  using contract::ParamType;
  return {.info = {.name = "label_conflict",
                   .summary = "rows with equal inputs have equal labels",
                   .help = "Every row of a group that has the same inputs and more than one label "
                           "is bad: which label is right is not for the check to say. Nulls in the "
                           "inputs are equal to each other; a row whose label is null is in no "
                           "conflict. Needs a pass of its own over the data.",
                   .params = {{.name = "label",
                               .type = ParamType::kColumn,
                               .summary = "the column that has the label",
                               .required = true},
                              {.name = "inputs",
                               .type = ParamType::kColumns,
                               .summary = "the columns that a model sees; all others unless said"}},
                   .subject = "label",
                   .axis = contract::kLabelAccuracy,
                   .over_parts = contract::OverParts::kCounts,
                   .together = "inputs",
                   .example = "- {label_conflict: late, inputs: [date, origin, destination], "
                              "fail_above: 1 %}\n"},
          .compile = Compile,
          .needs_pass = true};
}

}  // namespace assay::gate
