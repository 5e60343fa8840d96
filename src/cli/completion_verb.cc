#include <set>

#include "cli/completion_script.h"
#include "cli/verb.h"
#include "run/model.h"

namespace assay::cli {
namespace {

const std::vector<std::string> kShells = {"bash", "zsh", "fish"};
constexpr int kMostRuns = 20;

struct CompletionOptions {
  std::string shell;
  std::string names;
};

template <typename Nodes>
void AddNamesOf(const Nodes& nodes, std::set<std::string>& names) {
  for (const auto& node : nodes) names.insert(node.name);
}

// Names that the project declares; none of a project with mistakes.
std::set<std::string> DeclaredNames(const run::Session& session, const std::string& kind) {
  std::set<std::string> names;
  contract::Diagnostics ignored;
  const auto project = session.LoadProject(ignored);
  if (!project) return names;
  if (kind == "nodes" || kind == "gates") AddNamesOf(project->gates, names);
  if (kind == "nodes" || kind == "versions") AddNamesOf(project->datasets, names);
  if (kind == "nodes") {
    AddNamesOf(project->sources, names);
    AddNamesOf(project->steps, names);
  }
  if (kind == "monitors") AddNamesOf(project->monitors, names);
  if (kind == "policies") AddNamesOf(project->policies, names);
  if (kind == "streams") AddNamesOf(project->feedback, names);
  if (kind != "tags") return names;
  const auto add_tags = [&](const auto& nodes) {
    for (const auto& node : nodes) {
      for (const std::string& tag : node.execution.tags) names.insert("tag:" + tag);
    }
  };
  add_tags(project->sources);
  add_tags(project->steps);
  add_tags(project->gates);
  add_tags(project->datasets);
  return names;
}

// Names that the store knows.
Status AddStoredNames(run::Session& session, const std::string& kind,
                      std::set<std::string>& names) {
  TRY(session.OpenStore());
  if (!session.has_catalog()) return {};
  if (kind == "versions") {
    TRY_ASSIGN(const auto refs, session.catalog().Refs(""));
    for (const store::RefRow& ref : refs) {
      names.insert(ref.dataset);
      names.insert(ref.dataset + "@" + ref.name);
      if (ref.name == "main") names.insert(ref.dataset + "@latest");
    }
  }
  if (kind == "runs") {
    TRY_ASSIGN(const auto runs, session.catalog().Runs(kMostRuns));
    for (const store::RunRow& run : runs) names.insert(run.id);
    if (!runs.empty()) names.insert("last");
  }
  if (kind == "models") {
    TRY_ASSIGN(const auto models, run::AllModels(session));
    for (const run::NamedModel& model : models) {
      names.insert(model.name);
      names.insert(model.Ref());
      for (const std::string& role : model.roles) names.insert(model.name + "@" + role);
    }
  }
  return {};
}

Result<int> PrintNames(Context& context, const std::string& kind) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  std::set<std::string> names;
  if (kind == "environments") {
    for (const std::string& name : contract::EnvironmentsOf(session->folder())) names.insert(name);
  } else {
    names = DeclaredNames(*session, kind);
    TRY(AddStoredNames(*session, kind, names));
  }
  for (const std::string& name : names) context.terminal.Out(name);
  return 0;
}

Result<int> Complete(Context& context, const VerbText& program, const CompletionOptions& options) {
  if (!options.names.empty()) return PrintNames(context, options.names);
  if (options.shell.empty()) {
    return Error{ErrorCode::kUser, "`assay completion` needs SHELL",
                 "write `assay completion bash`, zsh or fish"};
  }
  std::string script = options.shell == "bash"  ? BashCompletion(program)
                       : options.shell == "zsh" ? ZshCompletion(program)
                                                : FishCompletion(program);
  script.pop_back();  // its line feed
  context.terminal.Out(script);
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "completion", "Print the script that completes verbs, options and names in a shell.");
  const auto options = std::make_shared<CompletionOptions>();
  verb.AddOption("shell", options->shell, "bash, zsh or fish").OneOf(kShells).ValueName("SHELL");
  verb.AddOption("--names", options->names, "print the names of a kind instead; for the scripts")
      .OneOf({"environments", "gates", "models", "monitors", "nodes", "policies", "runs", "streams",
              "tags", "versions"})
      .ValueName("KIND");
  verb.AddExamples(
      "  source <(assay completion bash)                   # in ~/.bashrc\n"
      "  source <(assay completion zsh)                    # in ~/.zshrc, behind compinit\n"
      "  assay completion fish > ~/.config/fish/completions/assay.fish");
  verb.OnCall(context, [&context, program, options] {
    return Complete(context, program.Describe(), *options);
  });
}

}  // namespace

VerbKind completion_verb() { return {.name = "completion", .add = Add}; }

}  // namespace assay::cli
