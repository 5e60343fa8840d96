// The program: global options, verbs, one place where an error becomes an exit status.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "base/nearest.h"
#include "cli/verb.h"
#include "contract/byte_amount.h"
#include "retrain/kinds.h"
#include "run/program.h"
#include "serve/answer.h"

namespace assay::cli {
namespace {

const std::vector<VerbKind>& AllVerbs() {
  static const std::vector<VerbKind> kVerbs = {
#include "cli/all_verbs.inc"
  };
  return kVerbs;
}

// The verb that was read last, or the program: what follows is to be understood there.
const CLI::App& LastVerb(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

std::vector<std::string> VerbNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  return names;
}

// Options of a verb and of the verbs it belongs to.
std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

// A verb is missing, or the word in its place is none.
Error WrongVerb(const CLI::App& at, const std::string& word) {
  const bool top = at.get_parent() == nullptr;
  const std::vector<std::string> names = VerbNames(at);
  const std::string nearest = NearestName(word, names);
  std::string hint = top ? "verbs are " : "its verbs are ";
  for (std::size_t i = 0; i < names.size(); ++i) hint += (i > 0 ? ", " : "") + names[i];
  if (top) hint += "; see `assay --help`";
  if (!nearest.empty()) hint = "did you mean " + nearest + "?";
  std::string message = top ? "" : "`" + at.get_name() + "`";
  if (word.empty()) {
    message += top ? "a verb is missing" : " needs a verb";
  } else {
    message += (top ? "no such verb: " : " has no such verb: ") + word;
  }
  return {ErrorCode::kUser, message, hint};
}

// What was wrong with the command line, and the nearest thing that is known.
Error WrongUse(const CLI::App& app, const CLI::ParseError& wrong) {
  const CLI::App& at = LastVerb(app);
  const std::vector<std::string> rest = app.remaining();
  const auto is_option = [](const std::string& word) { return word.starts_with("-"); };
  const auto option = std::find_if(rest.begin(), rest.end(), is_option);
  const auto word = std::find_if_not(rest.begin(), rest.end(), is_option);
  const bool needs_verb = !at.get_subcommands({}).empty();
  if (needs_verb && (word != rest.end() || option == rest.end())) {
    return WrongVerb(at, word == rest.end() ? "" : *word);
  }
  const std::string help = "see `assay --help`";
  if (option == rest.end()) return {ErrorCode::kUser, wrong.what(), help};
  const std::string nearest = NearestName(*option, OptionNames(at));
  return {ErrorCode::kUser, "no such option: " + *option,
          nearest.empty() ? help : "did you mean " + nearest + "?"};
}

int Main(int argc, char** argv) {
  Context context;
  CLI::App app{
      "assay turns raw data into training-ready dataset versions that can prove what they are.",
      "assay"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("assay ") + run::kProgramVersion);
  app.option_defaults()->always_capture_default(false);
  app.fallthrough();
  std::string memory;
  app.add_option("--project", context.project, "folder of the project (default: here)")
      ->type_name("DIR");
  app.add_option("--env", context.environment,
                 "environment whose values variables have: environments/NAME.yaml")
      ->envname("ASSAY_ENV")
      ->type_name("ENVIRONMENT");
  app.add_option("--threads", context.threads, "threads of the engine (default: all cores)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--memory", memory, "memory to use (default: half of the machine's)")
      ->type_name("SIZE");
  app.add_flag("--json-errors", context.json_errors,
               "tell an error as one line of JSON, the last one on standard error");
  app.footer(
      "Exit status: 0 done, 1 a gate or comparison says no, 2 yours to mend (project, SQL, "
      "data, wrong use),\n3 environment (missing file, lock, disk), 70 our bug.");
  Verb program(app);
  for (const VerbKind& verb : AllVerbs()) verb.add(program, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // --help, --version
  } catch (const CLI::ParseError& wrong) {
    context.Tell(WrongUse(app, wrong));
    return 2;
  }
  if (!memory.empty()) {
    const auto bytes = contract::ParseMemory(memory);
    if (!bytes.ok()) {
      context.Tell(bytes.error());
      return 2;
    }
    context.memory_bytes = *bytes;
  }
  const Result<int> status = context.action();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    context.Tell(
        {ErrorCode::kIo, "cannot write the output: " + std::string(std::strerror(errno)), ""});
    return 3;
  }
  if (status.ok()) return *status;
  context.Tell(status.error());
  return ExitStatus(status.error().code);
}

}  // namespace

void Context::Tell(const Error& error) const {
  if (!json_errors) return terminal.Say(error);
  std::string line = serve::ErrorAnswer(error).body;
  line.pop_back();  // its line feed
  terminal.Talk(line);
}

void Context::TellEnvironment() const {
  if (!environment.empty()) terminal.Talk("environment " + environment);
}

Result<std::unique_ptr<run::Session>> Context::OpenSession() {
  std::error_code error;
  const auto folder = std::filesystem::canonical(project, error);
  if (error) {
    return Error{ErrorCode::kIo, "no such folder: " + project, "name the project with --project"};
  }
  if (!std::filesystem::is_directory(folder, error)) {
    return Error{ErrorCode::kUser, "a project is a folder, and this is a file: " + project,
                 "write --project " + folder.parent_path().string()};
  }
  return std::make_unique<run::Session>(
      run::SessionOptions{folder, threads, memory_bytes, &retrain::AllKinds(), nullptr,
                          environment},
      clock);
}

}  // namespace assay::cli

int main(int argc, char** argv) {
  try {
    return assay::cli::Main(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "error: a bug in assay: " << e.what() << "\n  hint: please report it\n";
    return 70;
  }
}
