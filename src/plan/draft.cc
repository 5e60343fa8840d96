#include "plan/draft.h"

#include <set>

namespace assay::plan {
namespace {

using contract::Declared;
using contract::KindInfo;
using contract::ParamType;
using contract::Place;

std::string Canonical(const Json& value) {
  const auto text = CanonicalJson(value);
  return text.ok() ? *text : value.dump();
}

Draft Named(const std::string& name, NodeType type, const std::string& kind, const Place& place,
            std::size_t index) {
  Draft draft;
  draft.node.name = name;
  draft.node.type = type;
  draft.node.kind = kind;
  draft.node.place = place;
  draft.node.declared = index;
  return draft;
}

Place PlaceOf(const Declared& declared, const std::string& param) {
  const auto found = declared.places.find(param);
  return found == declared.places.end() ? declared.place : found->second;
}

void TakeDeclaredParams(const Declared& declared, const KindInfo& info, Draft& draft) {
  for (const contract::Param& param : info.params) {
    if (!declared.params.contains(param.name)) continue;
    const Json& value = declared.params[param.name];
    switch (param.type) {
      case ParamType::kInput:
        draft.wants.push_back({value.get<std::string>(), PlaceOf(declared, param.name)});
        break;
      case ParamType::kInputs:
        // A step's text may read them by name, so which is which is part of what it computes.
        draft.node.params[param.name] = Canonical(value);
        for (const Json& name : value) {
          draft.wants.push_back({name.get<std::string>(), PlaceOf(declared, param.name)});
        }
        break;
      case ParamType::kPath:
      case ParamType::kPaths:
        break;  // where the files lie is not what they hold
      case ParamType::kExpression:
      case ParamType::kExpressions:
        // They are in the text of the kind's SELECT, whose tree no blank and no comment changes.
        if (!info.by_select) draft.node.params[param.name] = Canonical(value);
        break;
      default:
        draft.node.params[param.name] = Canonical(value);
    }
  }
}

// With what its rows say of the declaration itself.
Json LoadOf(const Declared& declared) {
  Json load = LoadJson(declared.load);
  if (declared.load.HasFact("source")) load["source"] = declared.name;
  if (declared.load.HasFact("license")) load["license"] = declared.license;
  if (declared.load.HasFact("contract")) {
    load["contract"] = declared.schema ? declared.schema->declared_in : "";
  }
  return load;
}

Draft DraftDeclared(const Declared& declared, const std::vector<KindInfo>& kinds, NodeType type,
                    std::size_t index) {
  Draft draft = Named(declared.name, type, declared.kind, declared.place, index);
  draft.node.notes = Canonical(Json{{"license", declared.license}});
  draft.node.execution = declared.execution;
  draft.node.parts = declared.partition;
  if (declared.partition) {
    draft.node.params["partition"] = Canonical(PartitionText(*declared.partition));
  }
  if (declared.schema) {
    draft.node.params["schema"] = Canonical(SourceSchemaJson(*declared.schema));
  }
  if (const Json load = LoadOf(declared); !load.is_null()) {
    draft.node.params["load"] = Canonical(load);
  }
  if (const KindInfo* info = FindKind(kinds, declared.kind)) {
    draft.node.version = info->version;
    draft.node.refuses = (info->refuses != nullptr && info->refuses(declared.params)) ||
                         (declared.schema && declared.schema->RefusesRows());
    draft.node.keeps_ledger = info->ledger != contract::Ledger::kNone;
    draft.node.writes_ledger = info->ledger == contract::Ledger::kAlways;
    TakeDeclaredParams(declared, *info, draft);
  }
  return draft;
}

void TakeSql(const Declared& step, const SqlFacts& sql, Draft& draft) {
  const auto facts = sql.find(step.name);
  if (facts == sql.end()) return;
  draft.node.params["sql"] = Canonical(facts->second.tree);
  draft.node.row_local = facts->second.row_local;
  draft.distributes = facts->second.distributes;
  draft.kept = facts->second.kept;
  if (!draft.wants.empty()) return;  // `inputs:` was written and wins
  std::set<std::string> seen;
  for (const SqlReads::Read& read : facts->second.tables) {
    if (seen.insert(read.name).second) draft.wants.push_back({read.name, read.place});
  }
}

Json ThresholdJson(const std::optional<contract::Threshold>& threshold) {
  if (!threshold) return "";
  return std::to_string(threshold->amount) + (threshold->is_share ? " millionths" : " rows");
}

Json CheckJson(const contract::CheckDecl& check, const contract::KindTables& kinds) {
  const KindInfo* info = FindKind(kinds.checks, check.kind);
  Json json{{"kind", check.kind + "/" + std::to_string(info == nullptr ? 1 : info->version)},
            {"name", check.name},
            {"params", check.params},
            {"severity", check.severity == contract::CheckSeverity::kError ? "error" : "warning"},
            {"dimension", check.dimension},
            {"warn_above", ThresholdJson(check.warn_above)},
            {"fail_above", ThresholdJson(check.fail_above)}};
  if (check.bound) json["bound"] = BoundText(*check.bound);
  return json;
}

// The nodes that a gate's checks compare with. Their names stay among the parameters: the verdict
// tells them.
void TakeCompared(const contract::Gate& gate, const contract::KindTables& kinds, Draft& draft) {
  std::set<std::string> seen;
  for (const contract::CheckDecl& check : gate.checks) {
    const KindInfo* info = FindKind(kinds.checks, check.kind);
    if (info == nullptr) continue;
    for (const contract::Param& param : info->params) {
      if (param.type != ParamType::kInput || !check.params.contains(param.name)) continue;
      const std::string name = check.params[param.name].get<std::string>();
      const auto place = check.places.find(param.name);
      if (!seen.insert(name).second) continue;
      draft.wants.push_back({name, place == check.places.end() ? check.place : place->second});
    }
  }
}

std::vector<std::string> TextsOf(const Json& value) {
  std::vector<std::string> texts;
  for (const Json& text : value) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

// The rows that are compared with each other.
void TakeTogether(const KindInfo& info, const Json& params, Draft& draft) {
  if (info.together.empty()) return;
  Draft::Together& together = draft.together.emplace_back();
  if (params.contains(info.together)) {
    together.columns = TextsOf(params[info.together]);
  } else {
    together.all_but = params.value(info.subject, "");
  }
}

// Whether the gate can be judged by the parts of its input.
void TakeParts(const contract::Gate& gate, const contract::KindTables& kinds, Draft& draft) {
  // Whether bad rows that are let through are kept whole or as a sample follows from all of them.
  draft.adds_up = gate.bad_rows == contract::BadRows::kQuarantine;
  for (const contract::CheckDecl& check : gate.checks) {
    const KindInfo* info = FindKind(kinds.checks, check.kind);
    if (info == nullptr || info->over_parts == contract::OverParts::kNothing) {
      draft.adds_up = false;
      return;
    }
    TakeTogether(*info, check.params, draft);
  }
}

Json NotesOf(const contract::Gate& gate) {
  Json owners = Json::array();
  for (const contract::CheckDecl& check : gate.checks) {
    owners.push_back(check.owner ? OwnerJson(*check.owner) : Json(""));
  }
  return Json{{"owner", OwnerJson(gate.owner)}, {"owners", owners}};
}

Json TransformJson(const contract::TransformDecl& transform, const contract::KindTables& kinds) {
  const KindInfo* info = FindKind(kinds.transforms, transform.kind);
  return Json{{"kind", transform.kind + "/" + std::to_string(info == nullptr ? 1 : info->version)},
              {"column", transform.column},
              {"params", transform.params},
              {"keep", transform.keep}};
}

}  // namespace

Draft DraftSource(const Declared& source, const contract::KindTables& kinds, std::size_t index) {
  return DraftDeclared(source, kinds.sources, NodeType::kSource, index);
}

Draft DraftStep(const Declared& step, const contract::KindTables& kinds, const SqlFacts& sql,
                std::size_t index) {
  Draft draft = DraftDeclared(step, kinds.steps, NodeType::kStep, index);
  TakeSql(step, sql, draft);
  const KindInfo* info = FindKind(kinds.steps, step.kind);
  if (info != nullptr && info->over_parts == contract::OverParts::kLocal && !draft.wants.empty()) {
    draft.distributes = {draft.wants.front().name};
  }
  if (info != nullptr && info->over_parts == contract::OverParts::kRows) {
    draft.leaves_rows = draft.adds_up = true;
    TakeTogether(*info, step.params, draft);
  }
  return draft;
}

Draft DraftGate(const contract::Gate& gate, const contract::KindTables& kinds, std::size_t index) {
  Draft draft = Named(gate.name, NodeType::kGate, "gate", gate.place, index);
  draft.node.refuses = true;
  draft.leaves_rows = true;
  draft.node.notes = Canonical(NotesOf(gate));
  draft.node.execution = gate.execution;
  draft.wants.push_back({gate.input, gate.input_place});
  TakeCompared(gate, kinds, draft);
  TakeParts(gate, kinds, draft);
  draft.node.params["name"] = Canonical(gate.name);  // verdict and quarantine carry it
  Json checks = Json::array();
  for (const contract::CheckDecl& check : gate.checks) checks.push_back(CheckJson(check, kinds));
  auto& params = draft.node.params;
  params["checks"] = Canonical(checks);
  params["bad_rows"] = Canonical(static_cast<int>(gate.bad_rows));
  params["by"] = Canonical(gate.by);
  params["min_rows"] = Canonical(gate.min_rows);
  params["warn_above"] = Canonical(ThresholdJson(gate.warn_above));
  params["fail_above"] = Canonical(ThresholdJson(gate.fail_above));
  return draft;
}

Draft DraftDataset(const contract::Dataset& dataset, const contract::KindTables& kinds,
                   std::size_t index) {
  Draft draft = Named(dataset.name, NodeType::kDataset, "dataset", dataset.place, index);
  draft.node.notes = Canonical(Json{{"owner", OwnerJson(dataset.owner)}});
  draft.node.execution = dataset.execution;
  draft.wants.push_back({dataset.input, dataset.input_place});
  draft.node.params["name"] = Canonical(dataset.name);  // the commit carries it
  auto& params = draft.node.params;
  params["key"] = Canonical(dataset.key);
  params["label"] = Canonical(dataset.label);
  if (!dataset.split_kind.empty()) {
    const KindInfo* info = FindKind(kinds.splits, dataset.split_kind);
    const int version = info == nullptr ? 1 : info->version;
    params["split"] = Canonical(Json{{"kind", dataset.split_kind + "/" + std::to_string(version)},
                                     {"params", dataset.split_params}});
  }
  // Absent without, so that what was committed before these were known is not committed again.
  if (!dataset.checks.empty()) {
    Json checks = Json::array();
    for (const contract::CheckDecl& check : dataset.checks) {
      checks.push_back(CheckJson(check, kinds));
    }
    params["checks"] = Canonical(checks);
  }
  if (!dataset.prepare.empty()) {
    Json transforms = Json::array();
    for (const contract::TransformDecl& transform : dataset.prepare) {
      transforms.push_back(TransformJson(transform, kinds));
    }
    params["prepare"] = Canonical(transforms);
  }
  return draft;
}

}  // namespace assay::plan
