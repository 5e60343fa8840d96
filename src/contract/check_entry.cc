#include "contract/check_entry.h"

#include <algorithm>
#include <map>
#include <utility>

namespace assay::contract {
namespace {

// The kind is the first key; a check that has it further down gets told so.
const KindInfo* FindCheckKind(const YamlNode& node, const KindTables& kinds,
                              Diagnostics& diagnostics) {
  const YamlEntry& first = node.entries.front();
  if (const KindInfo* kind = FindKind(kinds.checks, first.key)) return kind;
  for (const YamlEntry& entry : node.entries) {
    if (FindKind(kinds.checks, entry.key) == nullptr) continue;
    diagnostics.Error(first.key_place, "a check begins with its kind, found: " + first.key,
                      "write `" + entry.key + "` first");
    return nullptr;
  }
  diagnostics.Error(first.key_place, "unknown check: " + first.key,
                    NearestHint(first.key, KindNames(kinds.checks), "checks"));
  return nullptr;
}

void ReadCommon(MappingReader& mapping, ValueReader& values, CheckDraft& draft) {
  CheckDecl& decl = draft.decl;
  if (const YamlNode* name = mapping.Take("name")) {
    decl.name = values.Text(*name, "name").value_or("");
    draft.name_place = name->place;
  }
  if (const YamlNode* dimension = mapping.Take("dimension")) {
    decl.dimension = values.Text(*dimension, "dimension").value_or("");
  }
  if (const YamlNode* severity = mapping.Take("severity")) {
    const auto choice = values.Choice(*severity, "severity", {"error", "warning"});
    if (choice == "warning") decl.severity = CheckSeverity::kWarning;
  }
  const YamlNode* warn_above = mapping.Take("warn_above");
  if (warn_above != nullptr) decl.warn_above = values.ReadThreshold(*warn_above, "warn_above");
  if (const YamlNode* fail_above = mapping.Take("fail_above")) {
    decl.fail_above = values.ReadThreshold(*fail_above, "fail_above");
  }
  if (decl.warn_above && decl.fail_above) {
    WarnOfOrder(*decl.warn_above, *decl.fail_above, warn_above->place, values.diagnostics());
  }
  if (const YamlNode* owner = mapping.Take("owner")) decl.owner = values.ReadOwner(*owner);
}

// What stands behind the kind in a derived name; empty for free text.
std::string SubjectText(const CheckDecl& decl, const KindInfo& kind) {
  for (const Param& param : kind.params) {
    if (param.name != kind.subject) continue;
    if (param.type == ParamType::kText || param.type == ParamType::kRange) return "";
    const auto value = decl.params.find(param.name);
    if (value == decl.params.end()) return "";
    if (value->is_string()) return value->get<std::string>();
    std::vector<std::string> parts;
    if (value->is_array()) {
      for (const Json& part : *value) {
        if (part.is_string()) parts.push_back(part.get<std::string>());
      }
    }
    return Join(parts, "_");
  }
  return "";
}

}  // namespace

void WarnOfOrder(const Threshold& warn, const Threshold& fail, const Place& place,
                 Diagnostics& diagnostics) {
  const bool same_unit = warn.is_share == fail.is_share;
  const bool is_below = same_unit ? fail.amount < warn.amount : fail.amount == 0 && warn.amount > 0;
  if (!is_below) return;
  diagnostics.Warning(place,
                      "warn_above is never reached: fail_above lies below it at " + fail.text,
                      "raise fail_above above " + warn.text + ", or remove warn_above");
}

std::optional<CheckDraft> ReadCheckEntry(const YamlNode& node, const KindTables& kinds,
                                         ValueReader& values) {
  Diagnostics& diagnostics = values.diagnostics();
  if (!node.is_mapping() || node.entries.empty()) {
    const std::string found = node.is_mapping() ? "an empty one" : FormText(node);
    diagnostics.Error(node.place, "a check must be a mapping, found " + found,
                      "write {KIND: COLUMN, …}, for example {not_null: id}");
    return std::nullopt;
  }
  const KindInfo* kind = FindCheckKind(node, kinds, diagnostics);
  if (kind == nullptr) return std::nullopt;
  MappingReader mapping(node, "check", diagnostics);
  CheckDraft draft;
  draft.decl.kind = kind->name;
  draft.decl.place = node.entries.front().key_place;
  const YamlEntry* subject = mapping.TakeEntry(kind->name);
  if (kind->subject.empty() && !subject->value.is_null()) {
    diagnostics.Error(subject->value.place, "check takes no value of its own: " + kind->name,
                      "write `" + kind->name + ":`");
  }
  ReadParams read = values.Params(*kind, mapping, draft.decl.place);
  draft.decl.params = std::move(read.params);
  draft.decl.places = std::move(read.places);
  ReadCommon(mapping, values, draft);
  mapping.Finish();
  return draft;
}

std::vector<CheckDraft> ReadChecks(MappingReader& mapping, const KindTables& kinds,
                                   ValueReader& values) {
  std::vector<CheckDraft> drafts;
  const YamlEntry* checks = mapping.TakeEntry("checks");
  if (checks == nullptr || checks->value.is_null()) return drafts;
  if (!checks->value.is_list()) {
    values.diagnostics().Error(
        checks->value.place, std::string("checks must be a list, found ") + FormText(checks->value),
        "write `- {KIND: COLUMN, …}` lines under it");
    return drafts;
  }
  for (const YamlNode& item : checks->value.items) {
    std::optional<CheckDraft> draft = ReadCheckEntry(item, kinds, values);
    if (draft) drafts.push_back(*std::move(draft));
  }
  return drafts;
}

std::vector<CheckDecl> NameChecks(std::vector<CheckDraft> drafts,
                                  const std::vector<CheckDecl>& before, const KindTables& kinds,
                                  Diagnostics& diagnostics) {
  std::map<std::string, Place> taken;
  std::map<std::string, int> ordinals;
  std::map<std::string, int> repeated;
  for (const CheckDecl& check : before) {
    taken.emplace(check.name, check.place);
    ++ordinals[check.kind];
  }
  for (const CheckDraft& draft : drafts) {
    if (draft.decl.name.empty()) continue;
    const auto [other, is_new] = taken.emplace(draft.decl.name, draft.name_place);
    if (is_new) continue;
    diagnostics.Error(draft.name_place, "two checks have one name: " + draft.decl.name,
                      "the other stands at " + PlaceText(other->second));
  }
  std::vector<CheckDecl> checks;
  for (CheckDraft& draft : drafts) {
    CheckDecl& decl = draft.decl;
    const int ordinal = ++ordinals[decl.kind];
    if (decl.name.empty()) {
      const KindInfo* kind = FindKind(kinds.checks, decl.kind);
      const std::string subject = kind == nullptr ? "" : SubjectText(decl, *kind);
      const bool has_subject = kind == nullptr || !kind->subject.empty();
      std::string base = decl.kind;
      if (has_subject) base += "_" + (subject.empty() ? std::to_string(ordinal) : subject);
      decl.name = base;
      int& last = repeated[base];
      while (!taken.emplace(decl.name, decl.place).second) {
        last = std::max(last + 1, 2);
        decl.name = base + "_" + std::to_string(last);
      }
    }
    checks.push_back(std::move(decl));
  }
  return checks;
}

}  // namespace assay::contract
