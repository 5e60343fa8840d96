// Datasets.
#include <utility>

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
  if (const YamlNode* owner = mapping.Take("owner")) {
    dataset.owner = values.ReadOwner(*owner).value_or(Owner{});
  }
  if (const YamlNode* description = mapping.Take("description")) {
    dataset.description = values.Text(*description, "description").value_or("");
  }
  mapping.Finish();
  return dataset;
}

}  // namespace assay::contract
