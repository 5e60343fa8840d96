// Datasets.
#include <utility>

#include "contract/check_entry.h"
#include "contract/sections.h"

namespace assay::contract {
namespace {

std::string MarkerOf(const KindInfo& kind) {
  return kind.params.empty() ? "" : kind.params.front().name;
}

// The kind of a split is the one whose first parameter, its marker, is there.
const KindInfo* FindSplitKind(const YamlNode& node, const KindTables& kinds,
                              Diagnostics& diagnostics) {
  std::vector<std::string> markers;
  std::vector<std::string> present;
  const KindInfo* found = nullptr;
  for (const KindInfo& kind : kinds.splits) {
    const std::string marker = MarkerOf(kind);
    markers.push_back("`" + marker + "`");
    if (node.Find(marker) == nullptr) continue;
    present.push_back("`" + marker + "`");
    found = &kind;
  }
  if (present.size() == 1) return found;
  if (present.empty()) {
    diagnostics.Error(node.place, "a split needs one of " + Join(markers),
                      "for example {time: COLUMN, validation_from: …, test_from: …}");
  } else {
    diagnostics.Error(node.place, "a split has one kind, found " + Join(present, " and "),
                      "remove all but one");
  }
  return nullptr;
}

void ReadSplit(const YamlNode& node, const KindTables& kinds, ValueReader& values,
               Dataset& dataset) {
  dataset.split_place = node.place;
  MappingReader mapping(node, "split", values.diagnostics());
  if (!mapping.is_mapping()) return;
  const KindInfo* kind = FindSplitKind(node, kinds, values.diagnostics());
  if (kind == nullptr) return;
  dataset.split_kind = kind->name;
  dataset.split_params = values.Params(*kind, mapping, node.place).params;
  mapping.Finish();
}

// The kind is the first key, as in a check.
const KindInfo* FindTransformKind(const YamlNode& node, const KindTables& kinds,
                                  Diagnostics& diagnostics) {
  const std::string form = "write `- {KIND: COLUMN, …}`";
  if (!node.is_mapping() || node.entries.empty()) {
    diagnostics.Error(node.place,
                      std::string("a transform must be a mapping, found ") +
                          (node.is_mapping() ? "an empty one" : FormText(node)),
                      form);
    return nullptr;
  }
  const YamlEntry& first = node.entries.front();
  if (const KindInfo* kind = FindKind(kinds.transforms, first.key)) return kind;
  for (const YamlEntry& entry : node.entries) {
    if (FindKind(kinds.transforms, entry.key) == nullptr) continue;
    diagnostics.Error(first.key_place, "a transform begins with its kind, found: " + first.key,
                      "write `" + entry.key + "` first");
    return nullptr;
  }
  diagnostics.Error(first.key_place, "unknown transform: " + first.key,
                    NearestHint(first.key, KindNames(kinds.transforms), "transforms"));
  return nullptr;
}

// One transform for each column that an entry names.
void ReadTransform(const YamlNode& node, const KindTables& kinds, ValueReader& values,
                   Dataset& dataset) {
  const KindInfo* kind = FindTransformKind(node, kinds, values.diagnostics());
  if (kind == nullptr) return;
  MappingReader mapping(node, "transform", values.diagnostics());
  ReadParams read = values.Params(*kind, mapping, node.place);
  TransformDecl transform;
  transform.kind = kind->name;
  transform.place = node.place;
  if (const YamlNode* keep = mapping.Take("keep")) {
    transform.keep = values.Bool(*keep, "keep").value_or(false);
  }
  constexpr auto kWhy =
      "a preparation learns from the split `train` alone: what it learnt from other rows would "
      "tell "
      "the model of them";
  for (const char* key : {"fit", "fit_on", "fitted_on", "split"}) mapping.Misspelt(key, kWhy);
  mapping.Finish();
  const Json columns = read.params.value(kind->subject, Json::array());
  read.params.erase(kind->subject);
  transform.params = std::move(read.params);
  if (columns.size() > 1 && transform.params.contains("as")) {
    values.diagnostics().Error(node.place, "`as` names one output, found several columns",
                               "write one transform for each column");
  }
  for (const Json& column : columns) {
    transform.column = column.get<std::string>();
    dataset.prepare.push_back(transform);
    if (transform.column != dataset.label) continue;
    values.diagnostics().Error(
        read.places[kind->subject], "the label cannot be transformed: " + dataset.label,
        "it is not there when the model is asked; make it in a step before the gate");
  }
}

void ReadPrepare(const YamlNode& node, const KindTables& kinds, ValueReader& values,
                 Dataset& dataset) {
  Diagnostics& diagnostics = values.diagnostics();
  if (!node.is_list()) {
    diagnostics.Error(node.place, std::string("prepare must be a list, found ") + FormText(node),
                      "write `- {KIND: COLUMN, …}` lines under it");
    return;
  }
  for (const YamlNode& item : node.items) ReadTransform(item, kinds, values, dataset);
  if (!dataset.split_kind.empty() || dataset.split_place.line != 0) return;
  diagnostics.Error(node.place, "a preparation learns from the split `train`, and there is none",
                    "declare `split: {…}`");
}

}  // namespace

Dataset ReadDataset(const YamlEntry& entry, const KindTables& kinds, ValueReader& values) {
  Dataset dataset;
  dataset.name = entry.key;
  dataset.place = entry.key_place;
  MappingReader mapping(entry.value, "dataset", values.diagnostics());
  if (!mapping.is_mapping()) return dataset;
  if (const YamlNode* input = mapping.Need("input", dataset.place, "input is the name of a gate")) {
    dataset.input = values.NodeOutput(*input, "input").value_or("");
    dataset.input_place = input->place;
  }
  if (const YamlNode* ungated = mapping.Take("ungated")) {
    dataset.ungated = values.Text(*ungated, "ungated").value_or("");
  }
  if (const YamlNode* key = mapping.Take("key")) {
    dataset.key_place = key->place;
    const bool is_none = key->is_scalar() && !key->quoted && key->text == "none";
    if (!is_none) dataset.key = values.Texts(*key, "key").value_or(std::vector<std::string>{});
  }
  if (const YamlNode* label = mapping.Take("label")) {
    dataset.label = values.Text(*label, "label").value_or("");
    dataset.label_place = label->place;
  }
  if (const YamlNode* split = mapping.Take("split")) ReadSplit(*split, kinds, values, dataset);
  if (const YamlNode* prepare = mapping.Take("prepare")) {
    ReadPrepare(*prepare, kinds, values, dataset);
  }
  dataset.checks = NameChecks(ReadChecks(mapping, kinds, values), {}, kinds, values.diagnostics());
  if (const YamlNode* owner = mapping.Take("owner")) {
    dataset.owner = values.ReadOwner(*owner).value_or(Owner{});
  }
  if (const YamlNode* description = mapping.Take("description")) {
    dataset.description = values.Text(*description, "description").value_or("");
  }
  dataset.execution = ReadExecution(mapping, values);
  mapping.Finish();
  return dataset;
}

}  // namespace assay::contract
