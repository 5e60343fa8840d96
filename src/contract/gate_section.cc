// Gates, with their contracts and checks.
#include <utility>

#include "contract/check_entry.h"
#include "contract/sections.h"

namespace assay::contract {
namespace {

BadRows BadRowsOf(const std::string& text) {
  if (text == "drop") return BadRows::kDrop;
  return text == "keep" ? BadRows::kKeep : BadRows::kQuarantine;
}

void ReadThresholds(MappingReader& mapping, ValueReader& values, Gate& gate) {
  const YamlNode* warn_above = mapping.Take("warn_above");
  if (warn_above != nullptr) {
    gate.warn_above = values.ReadThreshold(*warn_above, "warn_above").value_or(Threshold{});
  }
  if (const YamlNode* fail_above = mapping.Take("fail_above")) {
    const std::optional<Threshold> fail = values.ReadThreshold(*fail_above, "fail_above");
    if (!fail) return;
    gate.fail_above = *fail;
  }
  if (warn_above == nullptr) return;
  WarnOfOrder(gate.warn_above, gate.fail_above, warn_above->place, values.diagnostics());
}

void ReadSlices(MappingReader& mapping, ValueReader& values, Gate& gate) {
  if (const YamlNode* by = mapping.Take("by")) {
    gate.by = values.Text(*by, "by").value_or("");
    gate.by_place = by->text_place;
  }
  if (const YamlNode* min_rows = mapping.Take("min_rows")) {
    gate.min_rows = values.Integer(*min_rows, "min_rows").value_or(0);
    if (gate.min_rows < 0) {
      values.diagnostics().Error(min_rows->place,
                                 "min_rows is below zero: " + std::to_string(gate.min_rows),
                                 "write 0 to judge every slice");
    }
  }
}

// What a check compares with, where it begins with a dot, is an output of the gate's own input.
void CompleteInputs(const KindTables& kinds, Gate& gate) {
  for (CheckDecl& check : gate.checks) {
    const KindInfo* kind = FindKind(kinds.checks, check.kind);
    if (kind == nullptr) continue;
    for (const Param& param : kind->params) {
      if (param.type != ParamType::kInput || !check.params.contains(param.name)) continue;
      const std::string name = check.params[param.name].get<std::string>();
      if (!name.starts_with('.')) continue;
      check.params[param.name] = gate.input.substr(0, gate.input.find('.')) + name;
    }
  }
}

}  // namespace

std::optional<Contract> ContractFiles::Read(const std::string& path, const Place& place,
                                            Diagnostics& diagnostics) {
  const std::string normal = TextFiles::Normal(path);
  if (const auto known = read_.find(normal); known != read_.end()) return known->second;
  const Result<std::string> text = files_.Read(path);
  std::optional<Contract> contract;
  if (text.ok()) {
    contract = ParseContract(normal, *text, kinds_, diagnostics);
  } else {
    diagnostics.Error(place, text.error().message, text.error().hint);
  }
  read_[normal] = contract;
  return contract;
}

Gate ReadGate(const YamlEntry& entry, const KindTables& kinds, ContractFiles& contracts,
              ValueReader& values) {
  Gate gate;
  gate.name = entry.key;
  gate.place = entry.key_place;
  MappingReader mapping(entry.value, "gate", values.diagnostics());
  if (!mapping.is_mapping()) return gate;
  if (const YamlNode* input = mapping.Need("input", gate.place, "input is the name of a node")) {
    gate.input = values.NodeOutput(*input, "input").value_or("");
    gate.input_place = input->place;
  }
  if (const YamlNode* path = mapping.Take("contract")) {
    if (const auto text = values.Text(*path, "contract")) {
      gate.contract = contracts.Read(*text, path->place, values.diagnostics());
    }
  }
  if (const YamlNode* bad_rows = mapping.Take("bad_rows")) {
    const auto choice = values.Choice(*bad_rows, "bad_rows", {"quarantine", "drop", "keep"});
    gate.bad_rows = BadRowsOf(choice.value_or("quarantine"));
  }
  ReadThresholds(mapping, values, gate);
  ReadSlices(mapping, values, gate);
  std::vector<CheckDraft> drafts = ReadChecks(mapping, kinds, values);
  if (const YamlNode* owner = mapping.Take("owner")) {
    gate.owner = values.ReadOwner(*owner).value_or(Owner{});
  }
  gate.execution = ReadExecution(mapping, values);
  mapping.Finish();

  if (gate.contract) gate.checks = gate.contract->checks;
  std::vector<CheckDecl> own =
      NameChecks(std::move(drafts), gate.checks, kinds, values.diagnostics());
  for (CheckDecl& check : own) gate.checks.push_back(std::move(check));
  CompleteInputs(kinds, gate);
  if (gate.owner.empty() && gate.contract) gate.owner = gate.contract->owner;
  const YamlNode* checks = mapping.node().Find("checks");
  const bool lacks_checks =
      checks == nullptr || checks->is_null() || (checks->is_list() && checks->items.empty());
  if (lacks_checks && mapping.node().Find("contract") == nullptr) {
    values.diagnostics().Warning(gate.place, "gate has no check, so every row passes: " + gate.name,
                                 "add `contract` or `checks`");
  }
  return gate;
}

}  // namespace assay::contract
