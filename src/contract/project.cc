#include "contract/project.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "contract/mapping.h"
#include "contract/sections.h"
#include "contract/text_files.h"
#include "contract/variables.h"
#include "contract/yaml.h"

namespace assay::contract {
namespace {

constexpr const char* kProjectFile = "assay.yaml";
constexpr int kFormat = 1;

class ProjectReader {
 public:
  ProjectReader(TextFiles& files, const KindTables& kinds, Diagnostics& diagnostics)
      : files_(files),
        kinds_(kinds),
        diagnostics_(diagnostics),
        values_(diagnostics, &files, true, &variables_),
        plain_values_(diagnostics, &files, true),
        contracts_(files, kinds) {}

  std::optional<Project> Read(const std::string& environment) {
    Result<std::string> text = files_.Read(kProjectFile);
    if (!text.ok()) {
      ReportMissing(text.error());
      return std::nullopt;
    }
    const std::optional<YamlNode> root = ParseYaml(kProjectFile, *text, diagnostics_);
    if (!root) return std::nullopt;
    MappingReader mapping(*root, "project file", diagnostics_);
    if (!mapping.is_mapping()) return std::nullopt;
    ReadIncludes(mapping);
    ReadVariables(mapping, environment);
    ReadHead(mapping);
    ReadSections(mapping);
    mapping.Finish();
    for (Included& included : included_) {
      ReadSections(included.mapping);
      included.mapping.Finish();
    }
    CheckDatasets();
    for (const Monitor& monitor : project_.monitors) {
      CheckMonitor(monitor, project_, diagnostics_);
    }
    for (const RetrainPolicy& policy : project_.policies) {
      CheckPolicy(policy, project_, kinds_, diagnostics_);
    }
    if (diagnostics_.has_errors()) return std::nullopt;
    project_.environment = environment;
    project_.files = files_.all_read();
    return std::move(project_);
  }

 private:
  void ReportMissing(const Error& error) {
    const std::string missing = "no such file: ";
    if (!error.message.starts_with(missing)) {
      diagnostics_.Error(Place{kProjectFile, 0, 0}, error.message, error.hint);
      return;
    }
    const bool has_near = error.hint.starts_with("did you mean");
    diagnostics_.Error(
        Place{kProjectFile, 0, 0}, "this folder has no assay.yaml, so it is no project",
        has_near ? error.hint : "go to the project's folder, or write --project DIR");
  }

  // A file with sections of the project.
  struct Included {
    Included(YamlNode node, Diagnostics& diagnostics)
        : root(std::move(node)), mapping(root, "included file", diagnostics) {}
    const YamlNode root;
    MappingReader mapping;
  };

  void ReadIncludes(MappingReader& mapping) {
    const YamlNode* include = mapping.Take("include");
    if (include == nullptr) return;
    const auto patterns = plain_values_.Texts(*include, "include");
    if (!patterns) return;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < patterns->size(); ++i) {
      const Place& place = include->is_list() ? include->items[i].place : include->place;
      const Result<std::vector<std::string>> paths = files_.Match((*patterns)[i]);
      if (!paths.ok()) {
        diagnostics_.Error(place, paths.error().message, paths.error().hint);
        continue;
      }
      for (const std::string& path : *paths) {
        if (seen.insert(TextFiles::Normal(path)).second) Include(path, place);
      }
    }
  }

  void Include(const std::string& path, const Place& place) {
    if (TextFiles::Normal(path) == kProjectFile) {
      diagnostics_.Error(place, "the project file includes itself: " + path,
                         "name files with further sections");
      return;
    }
    const Result<std::string> text = files_.Read(path);
    if (!text.ok()) {
      diagnostics_.Error(place, text.error().message, text.error().hint);
      return;
    }
    std::optional<YamlNode> root = ParseYaml(TextFiles::Normal(path), *text, diagnostics_);
    if (!root) return;
    MappingReader& mapping = included_.emplace_back(*std::move(root), diagnostics_).mapping;
    mapping.Misspelt("include", "only assay.yaml includes files: name it there");
    for (const char* key : {"format", "project", "owner"}) {
      mapping.Misspelt(key, "it stands once, in assay.yaml");
    }
  }

  void ReadVariables(MappingReader& mapping, const std::string& environment) {
    VariableReader reader(plain_values_);
    reader.Declare(mapping);
    for (Included& included : included_) reader.Declare(included.mapping);
    if (!environment.empty()) reader.Override(files_, environment);
    variables_ = reader.Finish();
  }

  void ReadHead(MappingReader& mapping) {
    const Place top = mapping.node().place;
    if (const YamlNode* format = mapping.Need("format", top, "write `format: 1` at the top")) {
      const std::optional<std::int64_t> number = values_.Integer(*format, "format");
      if (number && *number != kFormat) {
        diagnostics_.Error(format->place, "unknown format: " + std::to_string(*number),
                           "this program reads format 1");
      }
    }
    if (const YamlNode* name = mapping.Need("project", top, "write `project: NAME`")) {
      project_.name = values_.Text(*name, "project").value_or("");
    }
    if (const YamlNode* owner = mapping.Take("owner")) {
      project_.owner = values_.ReadOwner(*owner).value_or(Owner{});
    }
  }

  void ReadSections(MappingReader& mapping) {
    ForEach(mapping, "sources", [&](const YamlEntry& entry) {
      project_.sources.push_back(ReadSource(entry, kinds_, contracts_, values_));
    });
    ForEach(mapping, "steps", [&](const YamlEntry& entry) {
      project_.steps.push_back(ReadStep(entry, kinds_, values_));
    });
    ForEach(mapping, "gates", [&](const YamlEntry& entry) {
      Gate gate = ReadGate(entry, kinds_, contracts_, values_);
      if (gate.owner.empty()) gate.owner = project_.owner;
      project_.gates.push_back(std::move(gate));
    });
    ForEach(mapping, "datasets", [&](const YamlEntry& entry) {
      Dataset dataset = ReadDataset(entry, kinds_, values_);
      if (dataset.owner.empty()) dataset.owner = project_.owner;
      project_.datasets.push_back(std::move(dataset));
    });
    ForEachNamed(mapping, "feedback", "a stream of feedback", [&](const YamlEntry& entry) {
      project_.feedback.push_back(ReadFeedbackStream(entry, values_));
    });
    ForEachNamed(mapping, "monitors", "a monitor", [&](const YamlEntry& entry) {
      Monitor monitor = ReadMonitor(entry, kinds_, values_);
      if (monitor.owner.empty()) monitor.owner = project_.owner;
      project_.monitors.push_back(std::move(monitor));
    });
    ForEachNamed(mapping, "retrain", "a policy", [&](const YamlEntry& entry) {
      project_.policies.push_back(ReadPolicy(entry, kinds_, values_));
    });
  }

  template <typename ReadOne>
  void ForEach(MappingReader& mapping, const std::string& section, ReadOne read_one) {
    const YamlEntry* found = mapping.TakeEntry(section);
    if (found == nullptr || found->value.is_null()) return;
    const MappingReader nodes(found->value, section, diagnostics_);
    for (const YamlEntry& entry : nodes.node().entries) {
      TakeName(entry);
      read_one(entry);
    }
  }

  // Entries that are no nodes: their names are told apart within the section alone.
  template <typename ReadOne>
  void ForEachNamed(MappingReader& mapping, const std::string& section, const std::string& what,
                    ReadOne read_one) {
    const YamlEntry* found = mapping.TakeEntry(section);
    if (found == nullptr || found->value.is_null()) return;
    const MappingReader entries(found->value, section, diagnostics_);
    for (const YamlEntry& entry : entries.node().entries) {
      CheckName(entry, what);
      const auto [other, is_new] = section_names_[section].emplace(entry.key, entry.key_place);
      if (!is_new) {
        diagnostics_.Error(entry.key_place, "the name of " + what + " stands twice: " + entry.key,
                           "the other stands at " + PlaceText(other->second));
      }
      read_one(entry);
    }
  }

  void CheckName(const YamlEntry& entry, const std::string& what) {
    if (IsNodeName(entry.key)) return;
    const std::string better = AsNodeName(entry.key);
    const std::string hint =
        "use a-z, 0-9 and _, a letter first, at most 63" + (better.empty() ? "" : ": " + better);
    const bool lacks_space = entry.key.find(':') != std::string::npos;
    diagnostics_.Error(entry.key_place, "not a name for " + what + ": " + entry.key,
                       lacks_space ? "write a space behind the colon, `key: value`" : hint);
  }

  void TakeName(const YamlEntry& entry) {
    CheckName(entry, "a node");
    const auto [other, is_new] = names_.emplace(entry.key, entry.key_place);
    if (is_new) return;
    diagnostics_.Error(entry.key_place, "two nodes have one name: " + entry.key,
                       "the other stands at " + PlaceText(other->second) +
                           "; sources, steps, gates and datasets share their names");
  }

  // A dataset reads what passed a gate; names that nobody declared are reported by the plan.
  void CheckDatasets() {
    for (const Dataset& dataset : project_.datasets) {
      const std::string node = dataset.input.substr(0, dataset.input.find('.'));
      const bool is_gate = std::any_of(project_.gates.begin(), project_.gates.end(),
                                       [&](const Gate& g) { return g.name == dataset.input; });
      if (is_gate && !dataset.ungated.empty()) {
        diagnostics_.Warning(dataset.input_place,
                             "`ungated` has no effect, the input is a gate: " + dataset.input,
                             "remove `ungated`");
      }
      if (is_gate || !dataset.ungated.empty() || !names_.contains(node)) continue;
      diagnostics_.Error(dataset.input_place, "input of a dataset is no gate: " + dataset.input,
                         GateHint(node));
    }
  }

  std::string GateHint(const std::string& input) const {
    for (const Gate& gate : project_.gates) {
      if (gate.input != input) continue;
      return "gate " + gate.name + " judges it; or write `ungated: REASON`";
    }
    return "put a gate between, or write `ungated: REASON`";
  }

  TextFiles& files_;
  const KindTables& kinds_;
  Diagnostics& diagnostics_;
  Variables variables_;
  ValueReader values_;
  ValueReader plain_values_;  ///< knows no variables
  ContractFiles contracts_;
  std::deque<Included> included_;
  std::map<std::string, Place> names_;
  std::map<std::string, std::map<std::string, Place>> section_names_;
  Project project_;
};

}  // namespace

std::optional<Project> LoadProject(const std::filesystem::path& folder, const KindTables& kinds,
                                   Diagnostics& diagnostics, const std::string& environment) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::weakly_canonical(folder, error);
  if (error || !std::filesystem::is_directory(absolute, error)) {
    diagnostics.Error(Place{}, "no such folder: " + folder.string(), "write --project DIR");
    return std::nullopt;
  }
  FolderFiles files(absolute);
  std::optional<Project> project = ProjectReader(files, kinds, diagnostics).Read(environment);
  if (project) project->folder = absolute;
  return project;
}

std::vector<std::string> EnvironmentsOf(const std::filesystem::path& folder) {
  FolderFiles files(folder);
  return EnvironmentNames(files);
}

std::optional<Project> ParseProject(const std::map<std::string, std::string>& files,
                                    const KindTables& kinds, Diagnostics& diagnostics,
                                    const std::string& environment) {
  MapFiles texts(files);
  return ProjectReader(texts, kinds, diagnostics).Read(environment);
}

}  // namespace assay::contract
