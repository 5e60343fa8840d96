#include "cli/verb.h"
#include "run/program.h"

namespace assay::cli {
namespace {

void Add(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("version", "The program's version.");
  AddJson(*verb, context);
  verb->callback([&context] {
    context.action = [&context]() -> Result<int> {
      if (context.json) {
        context.terminal.OutJson(Json{{"program", "assay"}, {"version", run::kProgramVersion}});
        return 0;
      }
      context.terminal.Out(std::string("assay ") + run::kProgramVersion);
      return 0;
    };
  });
}

}  // namespace

VerbKind version_verb() { return {.name = "version", .add = Add}; }

}  // namespace assay::cli
