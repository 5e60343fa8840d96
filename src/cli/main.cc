// The program: global options, verbs, one place where an error becomes an exit status.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "base/nearest.h"
#include "cli/verb.h"
#include "run/program.h"

namespace assay::cli {
namespace {

const std::vector<VerbKind>& AllVerbs() {
  static const std::vector<VerbKind> kVerbs = {
#include "cli/all_verbs.inc"
  };
  return kVerbs;
}

// `4GB`, `512MB`, `2000000` as bytes.
Result<std::uint64_t> ParseMemory(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  std::string unit(end);
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  double factor = 0;
  if (unit.empty() || unit == "B") factor = 1;
  if (unit == "KB") factor = 1e3;
  if (unit == "MB") factor = 1e6;
  if (unit == "GB") factor = 1e9;
  const double bytes = number * factor;
  if (end == text.c_str() || factor == 0 || !(bytes >= 64e6) || bytes > 1e15) {
    return Error{ErrorCode::kUser, "not an amount of memory of at least 64 MB: " + text,
                 "write it like 4GB or 512MB"};
  }
  return static_cast<std::uint64_t>(bytes);
}

// The nearest verb or option to what was not understood.
std::string Suggest(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App* at = &app;
  for (const std::string& argument : arguments) {
    std::vector<std::string> names;
    const bool option = argument.starts_with("-");
    if (option) {
      for (const CLI::Option* each : at->get_options()) {
        for (const std::string& name : each->get_lnames()) names.push_back("--" + name);
      }
    } else {
      for (const CLI::App* each : at->get_subcommands({})) names.push_back(each->get_name());
    }
    if (std::find(names.begin(), names.end(), argument) != names.end()) {
      if (!option) at = at->get_subcommand(argument);
      continue;
    }
    const std::string nearest = NearestName(argument, names);
    if (!nearest.empty()) return "did you mean " + nearest + "?";
  }
  return "see `assay --help`";
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
  app.add_option("--threads", context.threads, "threads of the engine (default: all cores)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--memory", memory, "memory of the engine (default: half of the machine's)")
      ->type_name("SIZE");
  app.footer(
      "Exit status: 0 done, 1 a gate or comparison says no, 2 yours to mend (project, SQL, "
      "data, wrong use),\n3 environment (missing file, lock, disk), 70 our bug.");
  for (const VerbKind& verb : AllVerbs()) verb.add(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // --help, --version
  } catch (const CLI::ParseError& wrong) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    context.terminal.Say({ErrorCode::kUser, wrong.what(), Suggest(app, arguments)});
    return 2;
  }
  if (!memory.empty()) {
    const auto bytes = ParseMemory(memory);
    if (!bytes.ok()) {
      context.terminal.Say(bytes.error());
      return 2;
    }
    context.memory_bytes = *bytes;
  }
  const Result<int> status = context.action();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    context.terminal.Say(
        {ErrorCode::kIo, "cannot write the output: " + std::string(std::strerror(errno)), ""});
    return 3;
  }
  if (status.ok()) return *status;
  context.terminal.Say(status.error());
  return ExitStatus(status.error().code);
}

}  // namespace

Result<std::unique_ptr<run::Session>> Context::OpenSession() {
  std::error_code error;
  const auto folder = std::filesystem::canonical(project, error);
  if (error) {
    return Error{ErrorCode::kIo, "no such folder: " + project, "name the project with --project"};
  }
  return std::make_unique<run::Session>(run::SessionOptions{folder, threads, memory_bytes}, clock);
}

void AddJson(CLI::App& app, Context& context) {
  app.add_flag("--json", context.json, "print JSON for programs");
}

void AddExamples(CLI::App& app, const std::string& examples) {
  app.footer("Examples:\n" + examples);
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
