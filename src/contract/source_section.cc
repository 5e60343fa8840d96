// Sources and steps: named kinds with parameters.
#include <algorithm>
#include <set>
#include <utility>

#include "contract/remote_options.h"
#include "contract/remote_url.h"
#include "contract/sections.h"

namespace assay::contract {
namespace {

// `parquet (.parquet), csv (.csv, .csv.gz)`
std::string KindsWithSuffixes(const std::vector<KindInfo>& kinds) {
  std::vector<std::string> texts;
  texts.reserve(kinds.size());
  for (const KindInfo& kind : kinds) {
    const std::vector<std::string> suffixes = PlainSuffixes(kind);
    texts.push_back(kind.name + (suffixes.empty() ? "" : " (" + Join(suffixes) + ")"));
  }
  return Join(texts);
}

// The kind that the suffixes of `files` tell; empty, and reported, when they tell none.
std::string InferKind(const MappingReader& mapping, const std::vector<KindInfo>& kinds,
                      const Place& place, ValueReader& values) {
  Diagnostics& diagnostics = values.diagnostics();
  const std::string hint = "write `kind:` with one of " + KindsWithSuffixes(kinds);
  const YamlNode* files = mapping.node().Find("files");
  if (files == nullptr || files->is_null()) {
    diagnostics.Error(place, "a source needs `files` or `kind`", hint);
    return "";
  }
  const std::optional<std::vector<std::string>> paths = values.Texts(*files, "files");
  if (!paths) return "";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < paths->size(); ++i) {
    // What follows `?` in an address is no name, and may be a secret.
    const std::string path = ShownUrl((*paths)[i]);
    const KindInfo* kind = FindKindOfPath(kinds, path);
    if (kind == nullptr) {
      diagnostics.Error(files->is_list() ? files->items[i].place : files->place,
                        "the suffix tells no kind of source: " + path, hint);
      return "";
    }
    if (std::find(names.begin(), names.end(), kind->name) == names.end()) {
      names.push_back(kind->name);
    }
  }
  if (names.size() == 1) return names.front();
  diagnostics.Error(files->place, "files are of several kinds: " + Join(names),
                    "declare one source for each kind");
  return "";
}

void ReadDeclaredParams(const KindInfo& kind, MappingReader& mapping, ValueReader& values,
                        Declared& declared) {
  declared.kind = kind.name;
  ReadParams read = values.Params(kind, mapping, declared.place);
  declared.params = std::move(read.params);
  declared.places = std::move(read.places);
  declared.text_places = std::move(read.text_places);
  declared.execution = ReadExecution(mapping, values);
}

void ReadRemote(const YamlNode& node, ValueReader& values, Declared& source) {
  MappingReader mapping(node, "remote", values.diagnostics());
  if (!mapping.is_mapping()) return;
  source.remote = values.Params(RemoteOptionsInfo(), mapping, node.place).params;
  mapping.Finish();
}

// Files that lie elsewhere are addresses that can be asked, all of them.
void CheckRemoteFiles(const MappingReader& mapping, const YamlNode* remote, const Declared& source,
                      Diagnostics& diagnostics) {
  const YamlNode* files = mapping.node().Find("files");
  const std::vector<std::string> paths = TextsOf(source.params, "files");
  const auto is_remote = [](const std::string& path) { return IsRemote(path); };
  const auto remotes = std::count_if(paths.begin(), paths.end(), is_remote);
  if (remote != nullptr && remotes == 0) {
    diagnostics.Error(remote->place, "`remote` without a file that lies elsewhere",
                      "it is for `files:` such as https://HOST/PATH and s3://BUCKET/KEY");
  }
  if (remotes == 0) return;
  if (remotes != std::ssize(paths)) {
    diagnostics.Error(files->place, "files of this machine beside such that lie elsewhere",
                      "declare a source for each, and unite them in a step");
    return;
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto url = ParseRemoteUrl(paths[i]);
    if (url.ok()) continue;
    diagnostics.Error(files->is_list() ? files->items[i].place : files->place, url.error().message,
                      url.error().hint);
  }
}

// What the rows of a source are held to, once its parameters are read.
void ReadHeldTo(MappingReader& mapping, ContractFiles& contracts, ValueReader& values,
                Declared& source) {
  std::optional<Contract> contract;
  if (const YamlNode* path = mapping.Take("contract")) {
    if (const auto text = values.Text(*path, "contract")) {
      contract = contracts.Read(*text, path->place, values.diagnostics());
    }
    if (!contract) {
      mapping.Take("schema_mode");  // of columns that nobody knows
      return;
    }
  }
  source.schema = ReadSourceSchema(mapping, contract, source.params, values);
}

}  // namespace

const KindInfo* ReadKind(MappingReader& mapping, const std::vector<KindInfo>& kinds,
                         const std::string& inferred, ValueReader& values) {
  const YamlNode* node = mapping.Take("kind");
  if (node == nullptr) return FindKind(kinds, inferred);
  const std::optional<std::string> name = values.Text(*node, "kind");
  if (!name) return nullptr;
  const KindInfo* kind = FindKind(kinds, *name);
  if (kind == nullptr) {
    values.diagnostics().Error(node->place, "unknown kind: " + *name,
                               NearestHint(*name, KindNames(kinds), "kinds"));
  }
  return kind;
}

Declared ReadSource(const YamlEntry& entry, const KindTables& kinds, ContractFiles& contracts,
                    ValueReader& values) {
  Declared source;
  source.name = entry.key;
  source.place = entry.key_place;
  MappingReader mapping(entry.value, "source", values.diagnostics());
  if (!mapping.is_mapping()) return source;
  if (const YamlNode* license = mapping.Take("license")) {
    source.license = values.Text(*license, "license").value_or("");
  }
  if (const YamlNode* partition = mapping.Take("partition")) {
    source.partition = values.Parsed(*partition, "partition", ParsePartition);
    if (source.partition) source.partition->place = partition->place;
  }
  const YamlNode* remote = mapping.Take("remote");
  if (remote != nullptr) ReadRemote(*remote, values, source);
  const bool has_kind = mapping.node().Find("kind") != nullptr;
  const std::string inferred =
      has_kind ? "" : InferKind(mapping, kinds.sources, entry.key_place, values);
  const KindInfo* kind = ReadKind(mapping, kinds.sources, inferred, values);
  // Without a kind nothing is known about the other keys.
  if (kind == nullptr) return source;
  ReadDeclaredParams(*kind, mapping, values, source);
  CheckRemoteFiles(mapping, remote, source, values.diagnostics());
  ReadHeldTo(mapping, contracts, values, source);
  source.load = ReadLoad(mapping, entry.key_place, source.params.value("cursor", ""),
                         source.partition, values);
  mapping.Finish();
  return source;
}

Declared ReadStep(const YamlEntry& entry, const KindTables& kinds, ValueReader& values) {
  Declared step;
  step.name = entry.key;
  step.place = entry.key_place;
  MappingReader mapping(entry.value, "step", values.diagnostics());
  if (!mapping.is_mapping()) return step;
  const bool is_known =
      mapping.node().Find("kind") != nullptr || mapping.node().Find("sql") != nullptr;
  if (!is_known) {
    values.diagnostics().Error(entry.key_place, "a step needs `sql` or `kind`",
                               "kinds: " + Join(KindNames(kinds.steps)));
    return step;
  }
  const KindInfo* kind = ReadKind(mapping, kinds.steps, "sql", values);
  if (kind == nullptr) return step;
  ReadDeclaredParams(*kind, mapping, values, step);
  if (const YamlNode* materialize = mapping.Take("materialize")) {
    step.execution.materialize = values.Bool(*materialize, "materialize");
    step.execution.materialize_place = materialize->place;
  }
  mapping.Finish();
  return step;
}

}  // namespace assay::contract
