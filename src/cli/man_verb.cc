#include "cli/man_page.h"
#include "cli/verb.h"
#include "run/program.h"

namespace assay::cli {
namespace {

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb("man", "Print the manual page, for `man` to show.");
  verb.AddExamples(
      "  assay man | man -l -\n"
      "  assay man > /usr/local/share/man/man1/assay.1");
  verb.OnCall(context, [&context, program]() -> Result<int> {
    std::string page = ManPage(program.Describe(), run::kProgramVersion);
    page.pop_back();  // its line feed
    context.terminal.Out(page);
    return 0;
  });
}

}  // namespace

VerbKind man_verb() { return {.name = "man", .add = Add}; }

}  // namespace assay::cli
