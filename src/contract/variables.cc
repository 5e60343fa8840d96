#include "contract/variables.h"

#include <algorithm>
#include <utility>

#include "contract/project.h"
#include "contract/value_reader.h"

namespace assay::contract {
namespace {

constexpr const char* kForm = "write `NAME: VALUE`, the value one text, number or true or false";
constexpr std::string_view kSuffix = ".yaml";

}  // namespace

std::vector<std::string> EnvironmentNames(TextFiles& files) {
  std::vector<std::string> names;
  for (const std::string& name : files.FilesOf(std::string(kEnvironmentFolder))) {
    if (name.size() <= kSuffix.size() || !name.ends_with(kSuffix)) continue;
    names.push_back(name.substr(0, name.size() - kSuffix.size()));
  }
  return names;
}

void VariableReader::Declare(MappingReader& mapping) {
  Diagnostics& diagnostics = values_.diagnostics();
  const YamlEntry* found = mapping.TakeEntry("vars");
  if (found == nullptr || found->value.is_null()) return;
  const MappingReader variables(found->value, "vars", diagnostics);
  for (const YamlEntry& entry : variables.node().entries) {
    if (!IsNodeName(entry.key)) {
      const std::string better = AsNodeName(entry.key);
      diagnostics.Error(
          entry.key_place, "not a name for a variable: " + entry.key,
          "use a-z, 0-9 and _, a letter first, at most 63" + (better.empty() ? "" : ": " + better));
      continue;
    }
    const auto [other, is_new] = written_.emplace(entry.key, Written{entry.key_place, entry.value});
    if (is_new) continue;
    diagnostics.Error(entry.key_place, "a variable is declared twice: " + entry.key,
                      "the other stands at " + PlaceText(other->second.place));
  }
}

void VariableReader::Override(TextFiles& files, const std::string& environment) {
  Diagnostics& diagnostics = values_.diagnostics();
  const std::vector<std::string> names = EnvironmentNames(files);
  if (std::find(names.begin(), names.end(), environment) == names.end()) {
    diagnostics.Error(
        Place{}, "no such environment: " + environment,
        names.empty() ? "an environment NAME is a file environments/NAME.yaml, and there is none"
                      : NearestHint(environment, names, "environments"));
    return;
  }
  const std::string path =
      std::string(kEnvironmentFolder) + "/" + environment + std::string(kSuffix);
  const Result<std::string> text = files.Read(path);
  if (!text.ok()) {
    diagnostics.Error(Place{path, 0, 0}, text.error().message, text.error().hint);
    return;
  }
  const std::optional<YamlNode> root = ParseYaml(path, *text, diagnostics);
  if (root) OverrideBy(*root);
}

void VariableReader::OverrideBy(const YamlNode& root) {
  Diagnostics& diagnostics = values_.diagnostics();
  MappingReader mapping(root, "environment", diagnostics);
  if (!mapping.is_mapping()) return;
  const YamlNode* vars = mapping.Need("vars", root.place, "write `vars: {NAME: VALUE}`");
  mapping.Finish();
  if (vars == nullptr) return;
  std::vector<std::string> known;
  known.reserve(written_.size());
  for (const auto& [name, written] : written_) known.push_back(name);
  const MappingReader variables(*vars, "vars", diagnostics);
  for (const YamlEntry& entry : variables.node().entries) {
    const auto declared = written_.find(entry.key);
    if (declared != written_.end()) {
      declared->second = Written{entry.key_place, entry.value};
      continue;
    }
    diagnostics.Error(entry.key_place, "the project declares no such variable: " + entry.key,
                      known.empty() ? "declare it under `vars:` in assay.yaml"
                                    : NearestHint(entry.key, known, "variables"));
  }
}

Variables VariableReader::Finish() {
  Diagnostics& diagnostics = values_.diagnostics();
  Variables variables;
  for (const auto& [name, written] : written_) {
    // A name whose value is wrong is known all the same: one message is enough.
    Variable& variable = variables[name];
    variable.place = written.place;
    if (!written.value.is_scalar()) {
      diagnostics.Error(written.value.is_null() ? written.place : written.value.place,
                        "a variable must be one value, found " +
                            std::string(FormText(written.value)) + ": " + name,
                        written.value.is_null() ? "write '' for an empty text" : kForm);
      continue;
    }
    const std::optional<Expanded> value = values_.Expand(written.value);
    if (!value) continue;
    variable.text = value->text;
    variable.from_environment = value->from_environment;
  }
  return variables;
}

}  // namespace assay::contract
