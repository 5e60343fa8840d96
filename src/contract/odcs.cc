#include "contract/odcs.h"

#include <map>
#include <utility>

#include "contract/number_text.h"
#include "contract/odcs_draft.h"
#include "contract/odcs_unused.h"
#include "contract/yaml.h"

namespace assay::contract {
namespace {

constexpr const char* kNewest = "v3.1.0";

// v3.0.x and v3.1.x.
bool IsReadVersion(const std::string& text) {
  return (text.starts_with("v3.0.") || text.starts_with("v3.1.")) && IsDigits(text.substr(5));
}

void ReadVersion(MappingReader& root, ContractDraft& draft) {
  const Place top = root.node().place;
  const std::string hint = std::string("write `apiVersion: ") + kNewest + "`";
  if (const YamlNode* node = root.Need("apiVersion", top, hint)) {
    const std::optional<std::string> version = draft.values.Text(*node, "apiVersion");
    if (version && !IsReadVersion(*version)) {
      draft.diagnostics.Error(node->place, "unknown version of the contract standard: " + *version,
                              "v3.0.x and v3.1.x are read; " + hint);
    }
  }
  if (const YamlNode* node = root.Need("kind", top, "write `kind: DataContract`")) {
    draft.values.Choice(*node, "kind", {"DataContract"});
  }
}

void ReadHead(MappingReader& root, ContractDraft& draft) {
  const auto need = [&](const std::string& key, std::string& target) {
    const YamlNode* node = root.Need(key, root.node().place, "the standard asks for it");
    if (node != nullptr) target = draft.values.Text(*node, key).value_or("");
  };
  need("id", draft.contract.id);
  need("version", draft.contract.version);
  need("status", draft.contract.status);
  for (const char* key :
       {"name", "tenant", "domain", "dataProduct", "slaDefaultElement", "contractCreatedTs"}) {
    if (const YamlNode* node = root.Take(key)) draft.values.Text(*node, key);
  }
  if (const YamlNode* description = root.Take("description")) {
    // The standard leaves the keys of this one open.
    MappingReader(*description, "description", draft.diagnostics);
  }
}

void ReadRoot(const YamlNode& node, ContractDraft& draft) {
  MappingReader root(node, "contract", draft.diagnostics);
  if (!root.is_mapping()) return;
  ReadVersion(root, draft);
  ReadHead(root, draft);
  ReadSchema(root.TakeEntry("schema"), node.place, draft);
  if (const YamlNode* team = root.Take("team")) draft.contract.owner = ReadTeam(*team, draft);
  for (const char* section : {"servers", "support", "price", "roles", "slaProperties"}) {
    CheckUnused(root, section, draft.diagnostics);
  }
  CheckUnusedExtras(root, draft.diagnostics);
  root.Finish();
}

// `required: true` and a rule that says the same are one check: it gets the rule's name and
// dimension, and the severity of the stricter of both.
std::vector<CheckDraft> MergeRepeated(std::vector<CheckDraft> drafts) {
  std::vector<CheckDraft> merged;
  std::map<std::string, std::size_t> plain;  // those without a name yet
  for (CheckDraft& draft : drafts) {
    const CheckDecl& decl = draft.decl;
    const std::string meaning = decl.kind + decl.params.dump();
    const bool is_plain = !decl.bound && !decl.warn_above && !decl.fail_above && !decl.owner;
    const auto same = is_plain ? plain.find(meaning) : plain.end();
    if (same == plain.end()) {
      if (is_plain && decl.name.empty()) plain.emplace(meaning, merged.size());
      merged.push_back(std::move(draft));
      continue;
    }
    CheckDraft& first = merged[same->second];
    first.decl.name = decl.name;
    first.name_place = draft.name_place;
    if (first.decl.dimension.empty()) first.decl.dimension = decl.dimension;
    if (decl.severity == CheckSeverity::kError) first.decl.severity = CheckSeverity::kError;
    if (!decl.name.empty()) plain.erase(same);
  }
  return merged;
}

}  // namespace

CheckDraft* ContractDraft::AddCheck(const std::string& kind, Json params, const Place& place) {
  const KindInfo* info = FindKind(kinds.checks, kind);
  if (info == nullptr) {
    diagnostics.Error(place, "rule needs a check that this program does not have: " + kind,
                      "checks: " + Join(KindNames(kinds.checks)));
    return nullptr;
  }
  for (const Param& param : info->params) {
    if (param.by_default && !params.contains(param.name)) params[param.name] = *param.by_default;
  }
  CheckDraft draft;
  draft.decl.kind = kind;
  draft.decl.params = std::move(params);
  draft.decl.place = place;
  checks.push_back(std::move(draft));
  return &checks.back();
}

std::optional<Contract> ParseContract(const std::string& file, const std::string& text,
                                      const KindTables& kinds, Diagnostics& diagnostics) {
  // On its own, so that errors of other files do not count.
  Diagnostics own;
  ContractDraft draft(kinds, own);
  draft.contract.file = file;
  draft.contract.text = text;
  if (const std::optional<YamlNode> root = ParseYaml(file, text, own)) {
    ReadRoot(*root, draft);
    draft.contract.checks = NameChecks(MergeRepeated(std::move(draft.checks)), {}, kinds, own);
  }
  diagnostics.AddAll(own);
  if (own.has_errors()) return std::nullopt;
  return std::move(draft.contract);
}

}  // namespace assay::contract
