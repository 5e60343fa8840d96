#include "cli/verb.h"
#include "run/program.h"

namespace assay::cli {
namespace {

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb("version", "The program's version.");
  verb.AddJson(context);
  verb.OnCall(context, [&context]() -> Result<int> {
    if (context.json) {
      context.terminal.OutJson(Json{{"program", "assay"}, {"version", run::kProgramVersion}});
      return 0;
    }
    context.terminal.Out(std::string("assay ") + run::kProgramVersion);
    return 0;
  });
}

}  // namespace

VerbKind version_verb() { return {.name = "version", .add = Add}; }

}  // namespace assay::cli
