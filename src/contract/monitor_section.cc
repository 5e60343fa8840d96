// Monitors (docs/design/0003, section 5).
#include <algorithm>
#include <utility>

#include "contract/number_text.h"
#include "contract/sections.h"

namespace assay::contract {
namespace {

// `{COLUMN: VALUE, …}` as texts, each looked at by `fits`.
template <typename Fits>
std::map<std::string, std::string> ReadByColumn(const YamlNode& node, const std::string& what,
                                                const std::string& form, ValueReader& values,
                                                Fits fits) {
  std::map<std::string, std::string> by_column;
  if (!node.is_mapping()) {
    values.diagnostics().Error(node.place, what + " must be a mapping, found " + FormText(node),
                               form);
    return by_column;
  }
  for (const YamlEntry& entry : node.entries) {
    const std::optional<std::string> text = values.Text(entry.value, what);
    if (!text) continue;
    if (fits(*text, entry.value.place)) by_column[entry.key] = *text;
  }
  return by_column;
}

void ReadMethods(const YamlNode& node, const KindTables& kinds, ValueReader& values,
                 Monitor& monitor) {
  monitor.methods =
      ReadByColumn(node, "methods", "write {COLUMN: METHOD}", values,
                   [&](const std::string& text, const Place& place) {
                     for (const std::string& known : kinds.drift_methods) {
                       if (known == text) return true;
                     }
                     values.diagnostics().Error(place, "no such method: " + text,
                                                NearestHint(text, kinds.drift_methods, "methods"));
                     return false;
                   });
}

void ReadThresholds(const YamlNode& node, ValueReader& values, Monitor& monitor) {
  monitor.thresholds = ReadByColumn(
      node, "thresholds", "write {COLUMN: NUMBER}", values,
      [&](const std::string& text, const Place& place) {
        if (IsNumber(text) && CompareNumbers(text, "0") >= 0) return true;
        values.diagnostics().Error(place, "a threshold is a number from 0 on, found: " + text, "");
        return false;
      });
}

void ReadAlert(const YamlNode& node, ValueReader& values, Monitor& monitor) {
  MappingReader mapping(node, "alert", values.diagnostics());
  if (!mapping.is_mapping()) return;
  if (const YamlNode* webhook = mapping.Take("webhook")) {
    monitor.webhook = values.Text(*webhook, "webhook").value_or("");
    const bool is_url =
        monitor.webhook.starts_with("http://") || monitor.webhook.starts_with("https://");
    // The address may be a secret of the environment: it is not shown.
    if (!monitor.webhook.empty() && !is_url) {
      values.diagnostics().Error(webhook->place, "webhook is no http or https address",
                                 "write https://HOST/PATH, or ${NAME} for one in the environment");
    }
  }
  if (mapping.node().Find("command") != nullptr) {
    monitor.command = ReadCommand(mapping, node.place, values);
  }
  if (mapping.node().entries.empty()) {
    values.diagnostics().Error(node.place, "alert has no channel",
                               "write {webhook: URL} or {command: [PROGRAM, …]}");
  }
  mapping.Finish();
}

// What is watched, and against what: rows against a reference, or served rows against a node.
void ReadSubject(MappingReader& mapping, ValueReader& values, Monitor& monitor) {
  const YamlNode* watch = mapping.Take("watch");
  const YamlNode* skew = mapping.Take("skew");
  if ((watch == nullptr) == (skew == nullptr)) {
    values.diagnostics().Error(
        monitor.place,
        watch == nullptr ? "a monitor needs `watch` or `skew`"
                         : "`watch` and `skew` exclude each other",
        "write {watch: NODE, reference: DATASET@REF}, or {skew: STREAM, against: NODE}");
    return;
  }
  if (skew != nullptr) {
    monitor.skew = values.Text(*skew, "skew").value_or("");
    monitor.subject_place = skew->place;
    if (const YamlNode* against = mapping.Need(
            "against", monitor.place, "the node with the same rows as the pipeline makes")) {
      monitor.against = values.NodeOutput(*against, "against").value_or("");
      monitor.reference_place = against->place;
    }
    if (const YamlNode* id = mapping.Take("id")) monitor.id = values.Text(*id, "id").value_or("id");
    return;
  }
  monitor.watch = values.Text(*watch, "watch").value_or("");
  monitor.subject_place = watch->place;
  if (const YamlNode* reference = mapping.Need(
          "reference", monitor.place, "a version such as flights_train@v1, or MODEL@champion")) {
    monitor.reference = values.Text(*reference, "reference").value_or("");
    monitor.reference_place = reference->place;
  }
  if (const YamlNode* split = mapping.Take("split")) {
    monitor.split = values.Text(*split, "split").value_or("");
  }
}

}  // namespace

Monitor ReadMonitor(const YamlEntry& entry, const KindTables& kinds, ValueReader& values) {
  Monitor monitor;
  monitor.name = entry.key;
  monitor.place = entry.key_place;
  MappingReader mapping(entry.value, "monitor", values.diagnostics());
  if (!mapping.is_mapping()) return monitor;
  ReadSubject(mapping, values, monitor);
  if (const YamlNode* columns = mapping.Take("columns")) {
    monitor.columns = values.Texts(*columns, "columns").value_or(std::vector<std::string>{});
  }
  if (const YamlNode* methods = mapping.Take("methods")) {
    ReadMethods(*methods, kinds, values, monitor);
  }
  if (const YamlNode* thresholds = mapping.Take("thresholds")) {
    ReadThresholds(*thresholds, values, monitor);
  }
  if (const YamlNode* share = mapping.Take("drift_share")) {
    const auto text = values.Text(*share, "drift_share");
    const auto parsed = text ? ParseShare(*text) : Result<std::int64_t>(std::int64_t{0});
    if (parsed.ok()) {
      if (text) monitor.drift_share = *parsed;
    } else {
      values.diagnostics().Error(share->place, "drift_share: " + parsed.error().message,
                                 parsed.error().hint);
    }
  }
  if (const YamlNode* alert = mapping.Take("alert")) ReadAlert(*alert, values, monitor);
  if (const YamlNode* owner = mapping.Take("owner")) {
    monitor.owner = values.ReadOwner(*owner).value_or(Owner{});
  }
  mapping.Finish();
  return monitor;
}

void CheckMonitor(const Monitor& monitor, const Project& project, Diagnostics& diagnostics) {
  std::vector<std::string> nodes;
  nodes.reserve(project.sources.size() + project.steps.size() + project.gates.size());
  for (const Declared& source : project.sources) nodes.push_back(source.name);
  for (const Declared& step : project.steps) nodes.push_back(step.name);
  for (const Gate& gate : project.gates) nodes.push_back(gate.name);
  const auto is_node = [&](const std::string& name) {
    return std::find(nodes.begin(), nodes.end(), name.substr(0, name.find('.'))) != nodes.end();
  };
  if (!monitor.skew.empty()) {
    std::vector<std::string> streams;
    streams.reserve(project.feedback.size());
    for (const FeedbackStream& stream : project.feedback) streams.push_back(stream.name);
    if (std::find(streams.begin(), streams.end(), monitor.skew) == streams.end()) {
      diagnostics.Error(monitor.subject_place, "no such stream of feedback: " + monitor.skew,
                        streams.empty() ? "declare it under `feedback:`"
                                        : NearestHint(monitor.skew, streams, "streams"));
    }
    if (!monitor.against.empty() && !is_node(monitor.against)) {
      diagnostics.Error(monitor.reference_place, "no such node: " + monitor.against,
                        NearestHint(monitor.against, nodes, "nodes"));
    }
    return;
  }
  std::vector<std::string> known = nodes;
  for (const Dataset& dataset : project.datasets) known.push_back(dataset.name);
  const std::string watched = monitor.watch.substr(0, monitor.watch.find('@'));
  const bool is_dataset = std::any_of(project.datasets.begin(), project.datasets.end(),
                                      [&](const Dataset& d) { return d.name == watched; });
  if (monitor.watch.empty() || is_node(monitor.watch) || is_dataset) return;
  diagnostics.Error(monitor.subject_place, "nothing to watch has this name: " + monitor.watch,
                    NearestHint(monitor.watch, known, "nodes and datasets"));
}

}  // namespace assay::contract
