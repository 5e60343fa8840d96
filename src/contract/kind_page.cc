#include "contract/kind_page.h"

#include "contract/remote_options.h"

namespace assay::contract {
namespace {

struct Group {
  const char* name;
  const char* title;
  const char* intro;
  std::vector<KindInfo> KindTables::*kinds;
  const char* language = "yaml";  // of the examples
};

constexpr Group kGroups[] = {
    {"sources", "Sources",
     "Where rows come from. Under `sources:` in assay.yaml, as `NAME: {...}`.",
     &KindTables::sources},
    {"steps", "Steps",
     "How a table is made of tables. Under `steps:` in assay.yaml, as `NAME: {...}`.",
     &KindTables::steps},
    {"splits", "Splits",
     "Which rows are for training, validation and test. As `split: {...}` of a dataset.",
     &KindTables::splits},
    {"checks", "Checks",
     "Rules about data, in the list `checks:` of a gate. Every check also takes `name`, "
     "`dimension`, `severity` (error or warning), `warn_above`, `fail_above` and `owner`. Each "
     "looks "
     "after one of four axes: integrity, label_accuracy, class_balance, relevance; `assay lint` "
     "warns "
     "of a labelled dataset that lacks one.",
     &KindTables::checks},
    {"transforms", "Transforms",
     "What a preparation makes of a column, in the list `prepare:` of a dataset, as `{KIND: "
     "COLUMN, "
     "...}`. Each reads its column as those before it left it and puts what it makes in its place; "
     "with `keep: true` the column stays. All that is learnt is learnt from the split `train`.",
     &KindTables::transforms},
    {"exports", "Exports",
     "How a version leaves the store: `assay dataset export NAME@REF --to DIR --format KIND`.",
     &KindTables::exports, "console"},
    {"signals", "Signals",
     "Reasons to train a model again, in the list `signals:` of a retrain policy. See [retraining]"
     "(retrain.md).",
     &KindTables::signals},
};

std::string DefaultText(const Param& param) {
  if (param.required) return "required";
  if (!param.by_default) return "";
  return "`" + param.by_default->dump() + "`";
}

std::string ParamRows(const KindInfo& kind) {
  if (kind.params.empty()) return "";
  std::string text = "| parameter | form | default | meaning |\n|---|---|---|---|\n";
  for (const Param& param : kind.params) {
    std::string form = ParamTypeText(param.type);
    for (std::size_t i = 0; i < param.choices.size(); ++i) {
      form += (i > 0                                 ? ", "
               : param.type == ParamType::kCellTypes ? "; read is one of: "
                                                     : ": ") +
              param.choices[i];
    }
    text += "| `" + param.name + "` | " + form + " | " + DefaultText(param) + " | " +
            param.summary + " |\n";
  }
  return text + "\n";
}

std::string KindText(const KindInfo& kind, const std::string& title, const char* language) {
  std::string text = "## " + title + "\n\n";
  std::string summary = kind.summary;
  if (!summary.empty()) summary[0] = static_cast<char>(std::toupper(summary[0]));
  text += summary + ".\n\n";
  if (!kind.help.empty()) text += kind.help + "\n\n";
  if (!kind.axis.empty()) text += "Axis: `" + std::string(kind.axis) + "`.\n\n";
  if (!kind.suffixes.empty()) {
    text += "File suffix:";
    for (const std::string& suffix : kind.suffixes) text += " `" + suffix + "`";
    text += ".\n\n";
  }
  text += ParamRows(kind);
  if (!kind.example.empty()) {
    text += std::string("```") + language + "\n" + kind.example;
    if (kind.example.back() != '\n') text += "\n";
    text += "```\n\n";
  }
  return text;
}

}  // namespace

std::string ParamTypeText(ParamType type) {
  switch (type) {
    case ParamType::kString:
      return "text";
    case ParamType::kText:
      return "text, or {file: PATH}";
    case ParamType::kInteger:
      return "whole number";
    case ParamType::kNumber:
      return "number";
    case ParamType::kBool:
      return "true or false";
    case ParamType::kColumn:
      return "column";
    case ParamType::kColumns:
      return "column or list of columns";
    case ParamType::kInput:
      return "node";
    case ParamType::kInputs:
      return "node or list of nodes";
    case ParamType::kPath:
      return "path";
    case ParamType::kPaths:
      return "path or list of paths";
    case ParamType::kScalar:
      return "value";
    case ParamType::kScalars:
      return "list of values";
    case ParamType::kTime:
      return "date or timestamp";
    case ParamType::kShare:
      return "percentage";
    case ParamType::kRange:
      return "list of two numbers or percentages";
    case ParamType::kNames:
      return "list of names";
    case ParamType::kChoice:
      return "one of";
    case ParamType::kMapping:
      return "mapping of names to text";
    case ParamType::kCellTypes:
      return "mapping of columns to types, or to {type, read, nulls, decimal, thousands, format}";
    case ParamType::kExpression:
      return "SQL expression";
    case ParamType::kExpressions:
      return "mapping of names to SQL expressions";
    case ParamType::kTaxonomy:
      return "mapping of labels to spellings, or {file: PATH}";
    case ParamType::kSecret:
      break;
  }
  return "environment variable, ${NAME}";
}

Result<std::string> KindPage(const KindTables& kinds, const std::string& group) {
  for (const Group& each : kGroups) {
    if (group != each.name) continue;
    std::string page = std::string("# ") + each.title + "\n\n" + each.intro +
                       "\n\nWritten by `assay kinds --markdown " + group + "`; do not edit.\n\n";
    for (const KindInfo& kind : kinds.*each.kinds) {
      page += KindText(kind, kind.name, each.language);
    }
    if (group == "sources") page += KindText(RemoteOptionsInfo(), "Remote files", each.language);
    page.pop_back();
    page.pop_back();
    return page;
  }
  return Error{ErrorCode::kUser, "no such group of kinds: " + group,
               "sources, steps, splits, checks, transforms, exports or signals"};
}

}  // namespace assay::contract
