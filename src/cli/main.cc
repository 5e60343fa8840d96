// The program: global options, verbs, one place where an error becomes an exit status.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>

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
CLI::App& LastVerb(CLI::App& app) {
  CLI::App* at = &app;
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

// `assay dataset show`
std::string CallOf(const CLI::App& at) {
  return (at.get_parent() == nullptr ? "" : CallOf(*at.get_parent()) + " ") + at.get_name();
}

std::string SeeHelp(const CLI::App& at) { return "see `" + CallOf(at) + " --help`"; }

// A verb is missing, or the word in its place is none.
Error WrongVerb(const CLI::App& at, const std::string& word) {
  const bool top = at.get_parent() == nullptr;
  const std::vector<std::string> names = VerbNames(at);
  const std::string nearest = NearestName(word, names);
  std::string hint = "`assay --help` lists the verbs";
  if (!top) {
    hint = "its verbs are ";
    for (std::size_t i = 0; i < names.size(); ++i) hint += (i > 0 ? ", " : "") + names[i];
  }
  if (!nearest.empty()) hint = "did you mean " + nearest + "?";
  std::string message = top ? "" : "`" + at.get_name() + "`";
  if (word.empty()) {
    message += top ? "a verb is missing" : " needs a verb";
  } else {
    message += (top ? "no such verb: " : " has no such verb: ") + word;
  }
  return {ErrorCode::kUser, message, hint};
}

// An option as it is written with its value, an argument as the help calls it.
std::string Written(const OptionText& option) {
  const bool is_argument = !option.names.front().starts_with("-");
  if (is_argument) return option.value.empty() ? option.names.front() : option.value;
  return option.names.front() + (option.value.empty() ? "" : " " + option.value);
}

// `assay dataset show NAME [SPLIT]`
std::string UsageOf(CLI::App& at) {
  std::string usage = CallOf(at);
  const VerbText text = Verb(at).Describe();
  for (const OptionText& option : text.options) {
    if (option.required) usage += " " + Written(option);
  }
  for (const OptionText& argument : text.arguments) {
    const std::string name = Written(argument) + (argument.takes_many ? "..." : "");
    usage += argument.required ? " " + name : " [" + name + "]";
  }
  return usage;
}

// The argument or option that is not there and must be.
Error Missing(CLI::App& at, const std::string& name) {
  const VerbText text = Verb(at).Describe();
  std::string written = name;
  for (const auto* options : {&text.arguments, &text.options}) {
    for (const OptionText& option : *options) {
      if (option.names.front() == name) written = Written(option);
    }
  }
  return {ErrorCode::kUser, "`" + CallOf(at) + "` needs " + written, "write `" + UsageOf(at) + "`"};
}

Error TooMany(CLI::App& at, const std::string& word) {
  if (Verb(at).Describe().arguments.empty()) {
    return {ErrorCode::kUser, "`" + CallOf(at) + "` takes no argument: " + word, SeeHelp(at)};
  }
  return {ErrorCode::kUser, "`" + CallOf(at) + "` takes no further argument: " + word,
          "write `" + UsageOf(at) + "`"};
}

// `NAME` of `NAME: what is wrong`, as the library begins an error of one option.
std::string OptionOf(const std::string& said) { return said.substr(0, said.find(':')); }

// An option without its value, or with one that it does not take; nothing else.
std::optional<Error> WrongValue(const CLI::App& at, const CLI::ParseError& wrong) {
  const std::string said = wrong.what();
  const std::string name = OptionOf(said);
  switch (static_cast<CLI::ExitCodes>(wrong.get_exit_code())) {
    case CLI::ExitCodes::ArgumentMismatch:
      return Error{ErrorCode::kUser, name + " needs a value", SeeHelp(at)};
    case CLI::ExitCodes::ValidationError: {
      std::string message = said;
      if (said.starts_with(name + ": must")) message.erase(name.size(), 1);
      return Error{ErrorCode::kUser, message, SeeHelp(at)};
    }
    case CLI::ExitCodes::ConversionError: {
      // `Could not convert: NAME = VALUE`
      const std::size_t equals = said.find(" = ");
      if (equals == std::string::npos) break;
      const std::string option = said.substr(name.size() + 2, equals - name.size() - 2);
      return Error{ErrorCode::kUser, option + " does not take: " + said.substr(equals + 3),
                   SeeHelp(at)};
    }
    default:
      break;
  }
  return std::nullopt;
}

// What was wrong with the command line, and the nearest thing that is known.
Error WrongUse(CLI::App& app, const CLI::ParseError& wrong) {
  CLI::App& at = LastVerb(app);
  if (auto error = WrongValue(at, wrong)) return *error;
  const std::vector<std::string> rest = app.remaining();
  const auto is_option = [](const std::string& word) { return word.starts_with("-"); };
  const auto option = std::find_if(rest.begin(), rest.end(), is_option);
  const auto word = std::find_if_not(rest.begin(), rest.end(), is_option);
  const bool needs_verb = !at.get_subcommands({}).empty();
  if (needs_verb && (word != rest.end() || option == rest.end())) {
    return WrongVerb(at, word == rest.end() ? "" : *word);
  }
  if (option != rest.end()) {
    const std::string nearest = NearestName(*option, OptionNames(at));
    return {ErrorCode::kUser, "no such option: " + *option,
            nearest.empty() ? SeeHelp(at) : "did you mean " + nearest + "?"};
  }
  if (word != rest.end()) return TooMany(at, *word);
  const std::string said = wrong.what();
  constexpr std::string_view kRequired = " is required";
  if (said.ends_with(kRequired)) return Missing(at, said.substr(0, said.size() - kRequired.size()));
  return {ErrorCode::kUser, said, SeeHelp(at)};
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
  Option(
      *app.add_option("--threads", context.threads, "threads of the engine (default: all cores)"))
      .Between(1, 1024)
      .ValueName("N");
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
      Error error = bytes.error();
      context.Tell(std::move(error).While("--memory"));
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
    return Error{ErrorCode::kIo, "no such folder: " + project,
                 "give --project the folder with assay.yaml"};
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
