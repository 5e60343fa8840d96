#include "cli/page_file.h"
#include "cli/runs_subverbs.h"
#include "run/run_page.h"

namespace assay::cli {
namespace {

struct ReportOptions {
  std::string run = "last", to;
};

Result<int> Report(Context& context, const ReportOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY_ASSIGN(const run::RunPage page, run::GatherRunPage(*session, options.run));
  const std::string path = options.to.empty() ? "run-" + page.record.run.id + ".html" : options.to;
  TRY(WritePage(path, run::RunPageHtml(page)));
  if (context.json) {
    context.terminal.OutJson(Json{{"run", page.record.run.id}, {"file", path}});
  } else {
    context.terminal.Talk("written: " + path);
  }
  return 0;
}

}  // namespace

void AddRunsReport(Verb& runs, Context& context) {
  Verb report = runs.AddVerb(
      "report",
      "Write one run as a page: graph, timeline, checks, refused rows, histograms. It needs "
      "nothing else, and prints on paper.");
  const auto options = std::make_shared<ReportOptions>();
  report.AddOption("run", options->run, kRunHelp).ValueName("RUN");
  report.AddOption("--to", options->to, "the file (default: run-ID.html in this folder)")
      .ValueName("FILE");
  report.AddJson(context);
  report.AddExamples("  assay runs report last --to run.html");
  report.OnCall(context, [&context, options] { return Report(context, *options); });
}

}  // namespace assay::cli
