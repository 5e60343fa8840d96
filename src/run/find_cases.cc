// Which cases there are, whether the project fits them, and which are wanted.
#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "contract/mapping.h"
#include "contract/text_files.h"
#include "plan/selection.h"
#include "run/case_runner.h"

namespace assay::run {
namespace {

using contract::Case;
using contract::Diagnostics;

namespace fs = std::filesystem;

std::vector<std::string> CaseFiles(const fs::path& folder, Diagnostics& diagnostics) {
  std::vector<std::string> files;
  std::error_code error;
  if (!fs::is_directory(folder / kCasesFolder, error)) return files;
  fs::recursive_directory_iterator it(folder / kCasesFolder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const fs::path suffix = it->path().extension();
    if (suffix != ".yaml" && suffix != ".yml") continue;
    files.push_back(it->path().lexically_relative(folder).generic_string());
  }
  if (error) {
    diagnostics.Error({kCasesFolder, 0, 0}, "cannot list the folder: " + error.message(),
                      "check its permissions");
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A case against the node that it names.
class CaseCheck {
 public:
  CaseCheck(const Case& test, const Prepared& prepared, Diagnostics& diagnostics)
      : test_(test), prepared_(prepared), diagnostics_(diagnostics) {}

  void Check() {
    for (const contract::CaseRows& rows : test_.given) CheckValues(rows);
    if (test_.node.empty()) return;  // that it is missing has been told
    const plan::Node* node = prepared_.graph.Find(test_.node);
    if (node == nullptr) {
      diagnostics_.Error(test_.node_place, "no such node: " + test_.node,
                         contract::NearestHint(test_.node, Testable(), "steps and gates are"));
      return;
    }
    const bool gate = node->type == plan::NodeType::kGate;
    if (!gate && node->type != plan::NodeType::kStep) {
      diagnostics_.Error(test_.node_place,
                         "`" + test_.node + "` is a " + NodeTypeText(node->type) +
                             ", and cases are of steps and gates",
                         contract::NearestHint(test_.node, Testable(), "steps and gates are"));
      return;
    }
    CheckInputs(*node);
    if (gate) {
      CheckNamesOfChecks(prepared_.project.gates[node->declared]);
    } else {
      CheckStep(node->refuses);
    }
  }

 private:
  std::vector<std::string> Testable() const {
    std::vector<std::string> names;
    names.reserve(prepared_.project.steps.size() + prepared_.project.gates.size());
    for (const contract::Declared& step : prepared_.project.steps) names.push_back(step.name);
    for (const contract::Gate& gate : prepared_.project.gates) names.push_back(gate.name);
    return names;
  }

  void CheckValues(const contract::CaseRows& rows) {
    if (!rows.file.empty()) return;
    std::vector<CaseMistake> mistakes;
    (void)SchemaOfRows(rows, mistakes);
    for (const CaseMistake& one : mistakes) diagnostics_.Error(one.place, one.message, one.hint);
  }

  void CheckInputs(const plan::Node& node) {
    if (test_.given_place.line == 0) return;
    std::vector<std::string> inputs;
    inputs.reserve(node.inputs.size());
    for (const plan::Input& input : node.inputs) inputs.push_back(input.name);
    std::set<std::string> given;
    for (const contract::CaseRows& rows : test_.given) {
      given.insert(rows.input);
      if (std::find(inputs.begin(), inputs.end(), rows.input) != inputs.end()) continue;
      diagnostics_.Error(rows.place, "`" + node.name + "` does not read: " + rows.input,
                         contract::NearestHint(rows.input, inputs, "it reads"));
    }
    for (const std::string& input : inputs) {
      if (given.contains(input)) continue;
      diagnostics_.Error(test_.given_place, "no rows for what `" + node.name + "` reads: " + input,
                         "write `given: {" + input + ": [...]}`");
    }
  }

  void CheckStep(bool refuses) {
    if (test_.expect_refused && !refuses) {
      diagnostics_.Error(test_.refused_place, "`" + test_.node + "` is a step and refuses no rows",
                         "write `expect`, or name a gate");
    }
    if (test_.verdict_place.line > 0) {
      diagnostics_.Error(test_.verdict_place, "`" + test_.node + "` is a step and has no verdict",
                         "write `expect`, or name a gate");
    }
    if (!test_.at.empty()) {
      diagnostics_.Error(test_.place, "`at` without a gate: `" + test_.node + "` is a step",
                         "take `at` away");
    }
  }

  void CheckNamesOfChecks(const contract::Gate& gate) {
    if (!test_.expect_refused) return;
    std::vector<std::string> names;
    names.reserve(gate.checks.size());
    for (const contract::CheckDecl& check : gate.checks) names.push_back(check.name);
    for (const contract::RefusedRow& row : *test_.expect_refused) {
      const std::vector<std::string> checks = row.checks.value_or(std::vector<std::string>());
      for (std::size_t i = 0; i < checks.size(); ++i) {
        if (std::find(names.begin(), names.end(), checks[i]) != names.end()) continue;
        diagnostics_.Error(row.check_places.at(std::min(i, row.check_places.size() - 1)),
                           "`" + gate.name + "` has no such check: " + checks[i],
                           contract::NearestHint(checks[i], names, "its checks are"));
      }
    }
  }

  const Case& test_;
  const Prepared& prepared_;
  Diagnostics& diagnostics_;
};

bool IsInFile(const Case& test, const std::string& name) {
  const std::string normal = contract::TextFiles::Normal(name);
  const std::string folder = normal.ends_with('/') ? normal : normal + "/";
  return test.place.file == normal || test.place.file.starts_with(folder);
}

}  // namespace

std::vector<Case> FindCases(const fs::path& folder, Diagnostics& diagnostics) {
  std::vector<Case> cases;
  contract::FolderFiles files(folder);
  for (const std::string& file : CaseFiles(folder, diagnostics)) {
    const Result<std::string> text = files.Read(file);
    if (!text.ok()) {
      diagnostics.Error({file, 0, 0}, text.error().message, text.error().hint);
      continue;
    }
    for (Case& one : contract::ReadCases(file, *text, diagnostics)) {
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

void CheckCases(const std::vector<Case>& cases, const Prepared& prepared,
                Diagnostics& diagnostics) {
  for (const Case& test : cases) CaseCheck(test, prepared, diagnostics).Check();
}

Result<std::vector<Case>> SelectCases(const std::vector<Case>& cases,
                                      const CaseSelection& selection, const plan::Graph& graph) {
  if (selection.names.empty() && selection.labels.empty()) return cases;
  std::set<std::string> nodes;
  if (!selection.labels.empty()) {
    TRY_ASSIGN(const std::vector<bool> tagged, SelectNodes(graph, {{}, {}, selection.labels}));
    for (std::size_t i = 0; i < tagged.size(); ++i) {
      if (tagged[i]) nodes.insert(graph.nodes[i].name);
    }
  }
  std::vector<bool> wanted(cases.size(), false);
  for (std::size_t i = 0; i < cases.size(); ++i) wanted[i] = nodes.contains(cases[i].node);
  for (const std::string& name : selection.names) {
    bool found = false;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const Case& test = cases[i];
      if (test.node != name && test.name != name && !IsInFile(test, name)) continue;
      wanted[i] = found = true;
    }
    if (found) continue;
    std::set<std::string> known;
    for (const Case& test : cases) {
      known.insert(test.node);
      known.insert(test.name);
      known.insert(test.place.file);
    }
    const std::string nearest = NearestName(name, {known.begin(), known.end()});
    return Error{ErrorCode::kUser, "no case, node or file of this name in tests/: " + name,
                 nearest.empty() ? "name a file, a step or gate that has cases, or a case"
                                 : "did you mean " + nearest + "?"};
  }
  std::vector<Case> selected;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (wanted[i]) selected.push_back(cases[i]);
  }
  return selected;
}

}  // namespace assay::run
