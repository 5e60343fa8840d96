#include <chrono>

#include "cli/case_text.h"
#include "cli/page_file.h"
#include "cli/verb.h"
#include "run/case_runner.h"
#include "run/prepared.h"

namespace assay::cli {
namespace {

struct TestOptions {
  run::CaseSelection selection;
  std::string junit;
  std::uint64_t limit = 10;
  bool schema = false;
};

constexpr int kSomethingFailed = 1;

// A green light from tests that are not there would be a lie.
Error NoCases() {
  std::string sample;
  const std::string lines = contract::SampleCases();
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = lines.find('\n', begin);
    sample += "\n    " + lines.substr(begin, end - begin);
    begin = end + 1;
  }
  return {ErrorCode::kUser, "this project has no cases: nothing was tested",
          "write some into tests/NAME.yaml, like these:" + sample};
}

Result<std::vector<run::CaseOutcome>> RunCases(Context& context, const run::Prepared& prepared,
                                               const std::vector<contract::Case>& cases,
                                               std::uint64_t limit) {
  run::CaseRunner runner(prepared, context.clock, context.memory_bytes);
  TRY(runner.Open());
  std::vector<run::CaseOutcome> outcomes;
  for (const contract::Case& test : cases) {
    TRY_ASSIGN(outcomes.emplace_back(), runner.Run(test).While(PlaceText(test.place)));
    if (!context.json && !outcomes.back().passed()) {
      context.terminal.Out(FailureText(context.terminal, outcomes.back(), limit) + "\n");
    }
  }
  return outcomes;
}

Result<int> Test(Context& context, const TestOptions& options) {
  if (options.schema) {
    context.terminal.OutJson(contract::CasesSchema());
    return 0;
  }
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t started_micros = context.clock.NowMicros();
  // The store stays closed: a case depends on nothing that was run.
  TRY_ASSIGN(const auto session, context.OpenSession());
  contract::Diagnostics diagnostics;
  const std::vector<contract::Case> cases = run::FindCases(session->folder(), diagnostics);
  // A project is not read to its end where something was wrong before: the cases must not count.
  contract::Diagnostics of_project;
  TRY_ASSIGN(const auto prepared, run::Prepare(*session, of_project));
  session->CloseEngines();
  diagnostics.AddAll(of_project);
  if (prepared) run::CheckCases(cases, *prepared, diagnostics);
  if (diagnostics.has_errors()) return diagnostics.ToError();
  if (cases.empty()) return NoCases();
  TRY_ASSIGN(const auto selected, run::SelectCases(cases, options.selection, prepared->graph));
  if (selected.empty()) {
    return Error{ErrorCode::kUser, "no node with such a tag has cases: nothing was tested", ""};
  }
  TRY_ASSIGN(const auto outcomes, RunCases(context, *prepared, selected, options.limit));
  if (!options.junit.empty()) {
    TRY(WritePage(options.junit, JunitXml(outcomes, started_micros)));
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (context.json) {
    context.terminal.OutJson(OutcomesJson(outcomes));
  } else {
    context.terminal.Out(SummaryText(outcomes) + " in " + Duration(seconds));
  }
  for (const run::CaseOutcome& outcome : outcomes) {
    if (!outcome.passed()) return kSomethingFailed;
  }
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb("test",
                              "Test steps and gates: rows in and rows expected, in tests/*.yaml; "
                              "exit 1 when a case fails.");
  const auto options = std::make_shared<TestOptions>();
  verb.AddOption("what", options->selection.names,
                 "these alone: a file or folder, a step or gate, or the name of a case")
      .ValueName("WHAT");
  verb.AddOption("--select", options->selection.labels, "cases of nodes with this tag")
      .OneEach()
      .ValueName("tag:TAG");
  verb.AddOption("--junit", options->junit, "also write the results as JUnit XML")
      .ValueName("FILE");
  verb.AddOption("--limit", options->limit, "rows shown of those that differ (default 10; 0: all)")
      .IsCount()
      .ValueName("N");
  verb.AddFlag("--schema", options->schema, "JSON Schema of tests/*.yaml, for editors");
  verb.AddJson(context);
  verb.AddExamples(
      "  assay test\n"
      "  assay test late tests/gates.yaml\n"
      "  assay test --junit results.xml");
  verb.OnCall(context, [&context, options] { return Test(context, *options); });
}

}  // namespace

VerbKind test_verb() { return {.name = "test", .add = Add}; }

}  // namespace assay::cli
