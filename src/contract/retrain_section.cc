// Retrain policies (docs/design/0003, section 6).
#include <algorithm>
#include <utility>

#include "contract/number_text.h"
#include "contract/sections.h"
#include "contract/utf8.h"

namespace assay::contract {
namespace {

struct Budget {
  std::int64_t trainings = 0;
  Duration window;
};

Result<Budget> ParseBudget(std::string_view text) {
  const Error wrong{ErrorCode::kUser, "not a budget: " + std::string(text),
                    "write how many in which time, such as `4 per 365 days`"};
  const std::size_t per = text.find(" per ");
  if (per == std::string_view::npos || !IsDigits(Trim(text.substr(0, per)))) return wrong;
  TRY_ASSIGN(const std::int64_t trainings, ParseInteger(Trim(text.substr(0, per))));
  TRY_ASSIGN(Duration window, ParseDuration(text.substr(per + 5)));
  if (window.seconds == 0) return wrong;
  return Budget{trainings, std::move(window)};
}

Result<std::string> ParseImprovement(std::string_view text) {
  if (IsNumber(text) && CompareNumbers(text, "0") >= 0) return std::string(text);
  return Error{ErrorCode::kUser, "not a number from 0 on: " + std::string(text),
               "write by how much the new model must be better, such as 0.01"};
}

void ReadTrain(MappingReader& policy_mapping, ValueReader& values, RetrainPolicy& policy) {
  const YamlNode* node = policy_mapping.Need(
      "train", policy.place, "write {command: [PROGRAM, ARGUMENT, …], max_duration: 10 min}");
  if (node == nullptr) return;
  MappingReader mapping(*node, "train", values.diagnostics());
  if (!mapping.is_mapping()) return;
  policy.train = ReadCommand(mapping, node->place, values).value_or(Command{});
  if (const YamlNode* longest = mapping.Take("max_duration")) {
    const auto duration = values.Parsed(*longest, "max_duration", ParseDuration);
    if (duration) policy.max_duration = *duration;
    if (duration && duration->seconds == 0) {
      values.diagnostics().Error(longest->place, "max_duration leaves no time: " + duration->text,
                                 "write how long training may take, such as `10 min`");
    }
  }
  mapping.Finish();
}

void ReadPredict(const YamlNode& node, ValueReader& values, RetrainPolicy& policy) {
  MappingReader mapping(node, "predict", values.diagnostics());
  if (!mapping.is_mapping()) return;
  policy.predict = ReadCommand(mapping, node.place, values);
  mapping.Finish();
}

void ReadEvaluate(MappingReader& policy_mapping, const KindTables& kinds, ValueReader& values,
                  RetrainPolicy& policy) {
  const YamlNode* node = policy_mapping.Need("evaluate", policy.place,
                                             "write {split: test, metric: METRIC, better_by: 0}");
  if (node == nullptr) return;
  MappingReader mapping(*node, "evaluate", values.diagnostics());
  if (!mapping.is_mapping()) return;
  // What the model has seen in training says nothing of how it will do.
  if (const YamlNode* split = mapping.Need("split", node->place, "validation or test")) {
    policy.split = values.Choice(*split, "split", {"validation", "test"}).value_or("");
  }
  const std::string known = Join(kinds.metrics);
  if (const YamlNode* metric = mapping.Need("metric", node->place, "metrics: " + known)) {
    policy.metric = values.Choice(*metric, "metric", kinds.metrics).value_or("");
  }
  if (const YamlNode* better = mapping.Take("better_by")) {
    policy.better_by = values.Parsed(*better, "better_by", ParseImprovement).value_or("0");
  }
  if (const YamlNode* positive = mapping.Take("positive")) {
    policy.positive = values.Text(*positive, "positive").value_or("true");
  }
  mapping.Finish();
}

// The kind is the first key, as with a check.
std::optional<SignalDecl> ReadSignal(const YamlNode& node, const KindTables& kinds,
                                     ValueReader& values) {
  Diagnostics& diagnostics = values.diagnostics();
  if (!node.is_mapping() || node.entries.empty()) {
    const std::string found = node.is_mapping() ? "an empty one" : FormText(node);
    diagnostics.Error(node.place, "a signal must be a mapping, found " + found,
                      "write {KIND: VALUE, …}, for example {age: 90 days}");
    return std::nullopt;
  }
  const YamlEntry& first = node.entries.front();
  const KindInfo* kind = FindKind(kinds.signals, first.key);
  if (kind == nullptr) {
    diagnostics.Error(first.key_place, "unknown signal: " + first.key,
                      NearestHint(first.key, KindNames(kinds.signals), "signals"));
    return std::nullopt;
  }
  MappingReader mapping(node, "signal", diagnostics);
  ReadParams read = values.Params(*kind, mapping, first.key_place);
  mapping.Finish();
  return SignalDecl{kind->name, std::move(read.params), first.key_place, std::move(read.places)};
}

void ReadSignals(MappingReader& mapping, const KindTables& kinds, ValueReader& values,
                 RetrainPolicy& policy) {
  constexpr auto kForm = "write `- {KIND: VALUE, …}` lines under it";
  const YamlNode* node = mapping.Need("signals", policy.place, kForm);
  if (node == nullptr) return;
  if (!node->is_list() || node->items.empty()) {
    values.diagnostics().Error(node->place,
                               std::string("signals must be a list, found ") +
                                   (node->is_list() ? "an empty one" : FormText(*node)),
                               kForm);
    return;
  }
  for (const YamlNode& item : node->items) {
    std::optional<SignalDecl> signal = ReadSignal(item, kinds, values);
    if (signal) policy.signals.push_back(*std::move(signal));
  }
}

void ReadLimits(MappingReader& mapping, ValueReader& values, RetrainPolicy& policy) {
  if (const YamlNode* cooldown = mapping.Take("cooldown")) {
    const auto duration = values.Parsed(*cooldown, "cooldown", ParseDuration);
    if (duration) policy.cooldown = *duration;
  }
  if (const YamlNode* budget = mapping.Take("budget")) {
    if (const auto parsed = values.Parsed(*budget, "budget", ParseBudget)) {
      policy.budget = parsed->trainings;
      policy.budget_window = parsed->window;
    }
  }
  if (const YamlNode* window = mapping.Take("data_window")) {
    policy.data_window_place = window->place;
    const bool is_all = window->is_scalar() && window->text == "all";
    if (!is_all) policy.data_window = values.Parsed(*window, "data_window", ParseDuration);
  }
  if (const YamlNode* approval = mapping.Take("approval")) {
    policy.needs_approval = values.Choice(*approval, "approval", {"yes", "no"}) == "yes";
  }
}

// The names of a section that values may refer to; nothing where no such section is read.
std::optional<std::vector<std::string>> NamesIn(const std::string& section,
                                                const Project& project) {
  std::vector<std::string> names;
  if (section == "datasets") {
    for (const Dataset& dataset : project.datasets) names.push_back(dataset.name);
    return names;
  }
  if (section == "feedback") {
    for (const FeedbackStream& stream : project.feedback) names.push_back(stream.name);
    return names;
  }
  if (section == "monitors") {
    for (const Monitor& monitor : project.monitors) names.push_back(monitor.name);
    return names;
  }
  return std::nullopt;
}

std::string OneOf(const std::string& section) {
  return section == "feedback" ? "stream" : section.substr(0, section.size() - 1);
}

void CheckReference(const std::string& name, const std::string& section, const Place& place,
                    const Project& project, Diagnostics& diagnostics) {
  const auto known = NamesIn(section, project);
  if (!known || std::find(known->begin(), known->end(), name) != known->end()) return;
  std::string hint = NearestHint(name, *known, section + " are");
  if (hint.empty()) hint = "the project has no `" + section + ":`";
  diagnostics.Error(place, "no such " + OneOf(section) + ": " + name, hint);
}

}  // namespace

RetrainPolicy ReadPolicy(const YamlEntry& entry, const KindTables& kinds, ValueReader& values) {
  RetrainPolicy policy;
  policy.name = policy.model = entry.key;
  policy.place = entry.key_place;
  MappingReader mapping(entry.value, "policy", values.diagnostics());
  if (!mapping.is_mapping()) return policy;
  if (const YamlNode* model = mapping.Take("model")) {
    policy.model = values.Text(*model, "model").value_or("");
    if (!policy.model.empty() && !IsNodeName(policy.model)) {
      values.diagnostics().Error(model->place, "not a name for a model: " + policy.model,
                                 "use a-z, 0-9 and _, a letter first, at most 63");
    }
  }
  if (const YamlNode* dataset =
          mapping.Need("dataset", policy.place, "dataset is the name of a dataset")) {
    policy.dataset = values.Text(*dataset, "dataset").value_or("");
    policy.dataset_place = dataset->place;
  }
  if (const YamlNode* when = mapping.Take("when")) {
    policy.needs_all = values.Choice(*when, "when", {"any", "all"}) == "all";
  }
  ReadSignals(mapping, kinds, values, policy);
  ReadLimits(mapping, values, policy);
  ReadTrain(mapping, values, policy);
  if (const YamlNode* predict = mapping.Take("predict")) ReadPredict(*predict, values, policy);
  ReadEvaluate(mapping, kinds, values, policy);
  mapping.Finish();
  return policy;
}

void CheckPolicy(const RetrainPolicy& policy, const Project& project, const KindTables& kinds,
                 Diagnostics& diagnostics) {
  if (!policy.dataset.empty()) {
    CheckReference(policy.dataset, "datasets", policy.dataset_place, project, diagnostics);
  }
  for (const Dataset& dataset : project.datasets) {
    if (dataset.name != policy.dataset) continue;
    if (dataset.split_kind.empty()) {
      diagnostics.Error(
          policy.dataset_place,
          "dataset has no `split`, so there is nothing to evaluate on: " + dataset.name,
          "declare a split into train, validation and test in the dataset");
    }
    if (dataset.label.empty()) {
      diagnostics.Error(policy.dataset_place,
                        "dataset has no `label`, so predictions cannot be judged: " + dataset.name,
                        "declare the label's column in the dataset");
    }
    if (policy.data_window && !dataset.split_kind.empty() && dataset.split_kind != "time") {
      diagnostics.Error(
          policy.data_window_place,
          "a data_window needs a split by time, found split by: " + dataset.split_kind,
          "write `data_window: all`");
    }
  }
  for (const SignalDecl& signal : policy.signals) {
    const KindInfo* kind = FindKind(kinds.signals, signal.kind);
    if (kind == nullptr) continue;
    for (const Param& param : kind->params) {
      const auto place = signal.places.find(param.name);
      if (param.names_one_of.empty() || place == signal.places.end()) continue;
      CheckReference(signal.params.value(param.name, ""), param.names_one_of, place->second,
                     project, diagnostics);
    }
  }
}

}  // namespace assay::contract
