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

void AddRunsReport(CLI::App& runs, Context& context) {
  CLI::App* report = runs.add_subcommand(
      "report",
      "Write one run as a page: graph, timeline, checks, refused rows, histograms. It needs "
      "nothing else, and prints on paper.");
  const auto options = std::make_shared<ReportOptions>();
  report->add_option("run", options->run, kRunHelp)->type_name("RUN");
  report->add_option("--to", options->to, "the file (default: run-ID.html in this folder)")
      ->type_name("FILE");
  AddJson(*report, context);
  AddExamples(*report, "  assay runs report last --to run.html");
  report->callback([&context, options] {
    context.action = [&context, options] { return Report(context, *options); };
  });
}

}  // namespace assay::cli
