#include "contract/odcs_metric.h"

#include <algorithm>
#include <utility>

#include "contract/number_text.h"

namespace assay::contract {
namespace {

const std::vector<std::string>& Metrics() {
  static const std::vector<std::string> kMetrics = {"nullValues", "missingValues", "invalidValues",
                                                    "duplicateValues", "rowCount"};
  return kMetrics;
}

// What the rules of the standard before v3.1 are called now.
std::string MetricOfRule(const std::string& rule) {
  if (rule == "duplicateCount" || rule == "unique") return "duplicateValues";
  if (rule == "validValues") return "invalidValues";
  if (rule == "nullCheck" || rule == "nullCount") return "nullValues";
  return std::find(Metrics().begin(), Metrics().end(), rule) == Metrics().end() ? "NAME" : rule;
}

// The arguments of one rule.
class Arguments {
 public:
  Arguments(MappingReader& rule, const std::string& metric, ContractDraft& draft)
      : rule_(rule), metric_(metric), draft_(draft), node_(rule.Take("arguments")) {
    if (node_ != nullptr) mapping_.emplace(*node_, "arguments", draft.diagnostics);
    for (const char* key : {"missingValues", "validValues", "pattern", "properties"}) {
      rule.Misspelt(key, std::string("write it under `arguments:`"));
    }
  }

  const YamlNode* Take(const char* key) { return mapping_ ? mapping_->Take(key) : nullptr; }

  // A list of values; null stands for itself and is left out: a null is always missing, never
  // valid.
  std::optional<Json> Values(const YamlNode& node, const char* key) {
    if (!node.is_list()) {
      draft_.diagnostics.Error(node.place,
                               std::string(key) + " must be a list, found " + FormText(node),
                               "write [a, b]");
      return std::nullopt;
    }
    YamlNode present = node;
    std::erase_if(present.items, [](const YamlNode& item) { return item.is_null(); });
    if (present.items.empty()) return Json::array();
    Param param;
    param.name = key;
    param.type = ParamType::kScalars;
    TextPlace unused;
    return draft_.values.Value(param, present, unused);
  }

  void Missing(const std::string& hint) {
    draft_.diagnostics.Error(node_ == nullptr ? rule_.node().place : node_->place,
                             "metric needs arguments: " + metric_, hint);
  }

  void Finish() {
    if (mapping_ && mapping_->is_mapping()) mapping_->Finish();
  }

 private:
  MappingReader& rule_;
  std::string metric_;
  ContractDraft& draft_;
  const YamlNode* node_;
  std::optional<MappingReader> mapping_;
};

// A check that the metric stands for.
struct Planned {
  std::string kind;
  Json params;
};

std::optional<Planned> PlanInvalid(Arguments& arguments, const std::string& column,
                                   ContractDraft& draft) {
  const YamlNode* values = arguments.Take("validValues");
  const YamlNode* pattern = arguments.Take("pattern");
  if (values != nullptr && pattern != nullptr) {
    draft.diagnostics.Error(pattern->place, "arguments hold both validValues and pattern",
                            "write a rule for each");
    return std::nullopt;
  }
  if (values != nullptr) {
    std::optional<Json> list = arguments.Values(*values, "validValues");
    if (!list) return std::nullopt;
    return Planned{"accepted", Json{{"column", column}, {"values", *std::move(list)}}};
  }
  if (pattern != nullptr) {
    const std::optional<std::string> regex = draft.values.Text(*pattern, "pattern");
    if (!regex) return std::nullopt;
    return Planned{"pattern", Json{{"column", column}, {"regex", *regex}}};
  }
  arguments.Missing("write `arguments: {validValues: [a, b]}` or `arguments: {pattern: REGEX}`");
  return std::nullopt;
}

std::optional<Planned> PlanMissing(Arguments& arguments, const std::string& column) {
  const YamlNode* values = arguments.Take("missingValues");
  if (values == nullptr) {
    arguments.Missing("write `arguments: {missingValues: [null, '', N/A]}`");
    return std::nullopt;
  }
  std::optional<Json> list = arguments.Values(*values, "missingValues");
  if (!list) return std::nullopt;
  Planned planned{"not_null", Json{{"column", column}}};
  if (!list->empty()) planned.params["also"] = *std::move(list);
  return planned;
}

std::optional<Planned> PlanDuplicates(Arguments& arguments, const std::string& column,
                                      const std::vector<std::string>& columns,
                                      ContractDraft& draft) {
  if (!column.empty()) return Planned{"unique", Json{{"columns", Json::array({column})}}};
  const YamlNode* properties = arguments.Take("properties");
  if (properties == nullptr) {
    arguments.Missing("write `arguments: {properties: [COLUMN, COLUMN]}`");
    return std::nullopt;
  }
  const auto names = draft.values.Texts(*properties, "properties");
  if (!names) return std::nullopt;
  bool fine = true;
  for (std::size_t i = 0; i < names->size(); ++i) {
    if (std::find(columns.begin(), columns.end(), (*names)[i]) != columns.end()) continue;
    fine = false;
    draft.diagnostics.Error(properties->is_list() ? properties->items[i].place : properties->place,
                            "contract has no such column: " + (*names)[i],
                            NearestHint((*names)[i], columns, "columns"));
  }
  if (!fine) return std::nullopt;
  return Planned{"unique", Json{{"columns", *names}}};
}

// The metric's name; an old `rule` is an error that says what to write.
std::string ReadMetricName(MappingReader& mapping, ContractDraft& draft) {
  if (const YamlEntry* rule = mapping.TakeEntry("rule")) {
    const std::string name = rule->value.text;
    draft.diagnostics.Error(rule->key_place, "the spelling before v3.1 is not read here: rule",
                            "write `metric: " + MetricOfRule(name) + "` instead");
    return "";
  }
  const YamlNode* node =
      mapping.Need("metric", mapping.node().place, "metrics: " + Join(Metrics()));
  if (node == nullptr) return "";
  return draft.values.Choice(*node, "metric", Metrics()).value_or("");
}

// Whether the operator and its values say that there are to be none at all.
bool AllowsNone(const Bound& bound) {
  return bound.op == BoundOp::kEqual && CompareNumbers(bound.values[0], "0") == 0;
}

}  // namespace

CheckDraft* ReadMetric(MappingReader& mapping, const std::string& column,
                       const std::vector<std::string>& columns,
                       const std::function<std::optional<Bound>()>& read_operator,
                       ContractDraft& draft) {
  const Place& place = mapping.node().place;
  const std::string metric = ReadMetricName(mapping, draft);
  Arguments arguments(mapping, metric, draft);
  bool percent = false;
  const YamlNode* unit = mapping.Take("unit");
  if (unit != nullptr) {
    percent = draft.values.Choice(*unit, "unit", {"rows", "percent"}) == "percent";
  }
  std::optional<Bound> bound = read_operator();
  if (metric.empty()) return nullptr;
  const bool is_count = metric == "rowCount";
  if (column.empty() && !is_count && metric != "duplicateValues") {
    draft.diagnostics.Error(place, "metric belongs to a property, not to the object: " + metric,
                            "move the rule to the `quality` of a property");
    return nullptr;
  }
  if (!column.empty() && is_count) {
    draft.diagnostics.Error(place, "metric belongs to the object, not to a property: " + metric,
                            "move the rule to the `quality` of the schema object");
    return nullptr;
  }
  std::optional<Planned> planned;
  if (is_count) {
    if (percent) {
      draft.diagnostics.Error(unit->place, "rowCount has no percentage", "remove `unit`");
      return nullptr;
    }
    planned = Planned{"row_count", Json::object()};
  } else if (metric == "nullValues") {
    planned = Planned{"not_null", Json{{"column", column}}};
  } else if (metric == "missingValues") {
    planned = PlanMissing(arguments, column);
  } else if (metric == "invalidValues") {
    planned = PlanInvalid(arguments, column, draft);
  } else {
    planned = PlanDuplicates(arguments, column, columns, draft);
  }
  arguments.Finish();
  if (!planned || !bound) return nullptr;
  bound->percent = percent;
  CheckDraft* check = draft.AddCheck(planned->kind, std::move(planned->params), place);
  if (check != nullptr && (is_count || !AllowsNone(*bound))) check->decl.bound = std::move(bound);
  return check;
}

}  // namespace assay::contract
