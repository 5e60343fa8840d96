#include <algorithm>

#include "cli/verb.h"
#include "plan/axes.h"
#include "run/kinds.h"
#include "run/prepared.h"
#include "run/read_versions.h"

namespace assay::cli {
namespace {

std::string Counted(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

Result<int> Lint(Context& context) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  contract::Diagnostics diagnostics;
  TRY_ASSIGN(const auto prepared, run::Prepare(*session, diagnostics));
  if (prepared) {
    plan::WarnOfMissingAxes(prepared->project, prepared->graph, run::AllKinds(), diagnostics);
  }
  if (context.json) {
    context.terminal.OutJson(
        Json{{"ok", prepared.has_value()}, {"diagnostics", diagnostics.ToJson()}});
    return prepared ? 0 : 2;
  }
  if (!diagnostics.all().empty()) {
    std::string text = diagnostics.Render();
    text.pop_back();  // its line feed
    context.terminal.Talk(text);
  }
  if (!prepared) return 2;
  const contract::Project& project = prepared->project;
  const auto sources = std::count_if(
      project.sources.begin(), project.sources.end(),
      [](const contract::Declared& source) { return source.kind != run::kVersionKind; });
  context.terminal.Out(project.name + ": " + Counted(static_cast<std::size_t>(sources), "source") +
                       ", " + Counted(project.steps.size(), "step") + ", " +
                       Counted(project.gates.size(), "gate") + ", " +
                       Counted(project.datasets.size(), "dataset") +
                       (diagnostics.all().empty() ? ": no problems" : ": no errors"));
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "lint", "Read the project, its contracts and its SQL, and say what is wrong with them.");
  verb.AddJson(context);
  verb.AddExamples("  assay lint\n  assay lint --json");
  verb.OnCall(context, [&context] { return Lint(context); });
}

}  // namespace

VerbKind lint_verb() { return {.name = "lint", .add = Add}; }

}  // namespace assay::cli
