#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/grid_text.h"
#include "cli/page_file.h"
#include "cli/verb.h"
#include "feedback/event.h"
#include "feedback/event_file.h"
#include "feedback/import.h"
#include "feedback/report.h"
#include "feedback/report_html.h"
#include "store/feedback_log.h"
#include "store/lock.h"

namespace assay::cli {
namespace {

using feedback::Quality;
using feedback::Report;

struct FeedbackOptions {
  std::string stream, kind, html, name;
  std::vector<std::string> files, slices;
  feedback::ReportOptions report;
};

// The streams of the project file.
Result<std::vector<contract::FeedbackStream>> Streams(Context& context, run::Session& session) {
  contract::Diagnostics diagnostics;
  const auto project = session.LoadProject(diagnostics);
  if (!project) return diagnostics.ToError();
  if (!diagnostics.all().empty()) context.terminal.Talk(diagnostics.Render());
  return project->feedback;
}

std::string Counted(std::uint64_t number, const std::string& kind) {
  return Grouped(number) + " " + kind + (number == 1 ? "" : "s");
}

Result<int> Import(Context& context, const FeedbackOptions& options) {
  if (!options.name.empty() && options.files.size() > 1) {
    return Error{ErrorCode::kUser,
                 "--as names one file, and here are " + std::to_string(options.files.size()),
                 "import them one by one"};
  }
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY_ASSIGN(const auto streams, Streams(context, *session));
  TRY_ASSIGN(const auto stream, feedback::FindStream(streams, options.stream));
  TRY(session->objects().Create());
  TRY_ASSIGN(const store::Lock lock,
             store::Lock::Take(session->root(), "feedback import", context.clock));
  TRY(session->CreateStore());
  // Of those that were killed before they were done.
  TRY(session->objects().EmptyStaging());
  Json list = Json::array();
  for (const std::string& file : options.files) {
    TRY_ASSIGN(const feedback::Imported imported,
               feedback::ImportFile(*session, stream, file, options.kind, options.name));
    if (context.json) {
      list.push_back(Json{{"location", imported.location},
                          {"stream", stream.name},
                          {"kind", imported.kind},
                          {"rows", imported.rows},
                          {"new", imported.is_new}});
      continue;
    }
    const std::string rows = Counted(imported.rows, imported.kind) + " of " + stream.name;
    context.terminal.Out(imported.location + ": " +
                         (imported.is_new ? rows
                                          : "nothing new, it is there since " +
                                                imported.created_at + " (" + rows + ")"));
  }
  if (context.json) context.terminal.OutJson(list);
  return 0;
}

// An open store takes events while another program writes, as it does from the server.
Result<int> AddSingle(Context& context, const FeedbackOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY_ASSIGN(const auto streams, Streams(context, *session));
  TRY_ASSIGN(const auto stream, feedback::FindStream(streams, options.stream));
  TRY(session->OpenStore());
  if (!session->has_catalog()) {
    TRY_ASSIGN(const store::Lock lock,
               store::Lock::Take(session->root(), "feedback add", context.clock));
    TRY(session->CreateStore());
  }
  const std::string& file = options.files.front();
  const std::string name = options.name.empty() ? file : options.name;
  TRY_ASSIGN(const feedback::AddedEvents done,
             feedback::AddEvents(*session, stream, {file, name, options.kind}));
  if (context.json) {
    context.terminal.OutJson(Json{
        {"location", name}, {"stream", stream.name}, {"new", done.added}, {"known", done.known}});
  } else {
    context.terminal.Out(name + ": " + Counted(done.added, "new event") + " of " + stream.name +
                         (done.known == 0 ? "" : ", " + Grouped(done.known) + " known already"));
  }
  return 0;
}

Result<int> List(Context& context, const FeedbackOptions& options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  Json batches_json = Json::array();
  Json events_json = Json::array();
  TextTable table({"STREAM", "KIND", "ROWS", "CAME", "FROM"}, {2});
  bool empty = true;
  if (session->has_catalog()) {
    store::FeedbackLog log(session->catalog());
    TRY_ASSIGN(const auto batches, log.Batches(options.stream, options.kind));
    for (const store::FeedbackBatch& batch : batches) {
      empty = false;
      batches_json.push_back(Json{{"stream", batch.stream},
                                  {"kind", batch.kind},
                                  {"rows", batch.table.rows},
                                  {"location", batch.location},
                                  {"sha256", batch.sha256},
                                  {"created_at", batch.created_at}});
      table.Add({batch.stream, batch.kind, Grouped(batch.table.rows), batch.created_at,
                 CellText(batch.location)});
    }
    TRY_ASSIGN(const auto counts, log.EventCounts());
    for (const auto& count : counts) {
      if (!options.stream.empty() && count.stream != options.stream) continue;
      if (!options.kind.empty() && count.kind != options.kind) continue;
      empty = false;
      events_json.push_back(Json{{"stream", count.stream},
                                 {"kind", count.kind},
                                 {"events", count.events},
                                 {"first_at", count.first_at},
                                 {"last_at", count.last_at},
                                 {"received_at", count.received_at}});
      table.Add(
          {count.stream, count.kind, Grouped(count.events), count.received_at, "single events"});
    }
  }
  if (context.json) {
    context.terminal.OutJson(Json{{"batches", batches_json}, {"events", events_json}});
  } else if (empty) {
    context.terminal.Talk("no feedback yet; `assay feedback import FILE` takes some");
  } else {
    context.terminal.Out(table.Text());
  }
  return 0;
}

// Four digits, as many as a person compares.
std::string Number(const std::optional<double>& value) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", *value);
  return text;
}

std::string Percent(const std::optional<double>& value) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", *value * 100);
  return text;
}

// Metrics that some window has a value of.
std::vector<feedback::MetricInfo> ShownMetrics(const Report& report) {
  std::vector<feedback::MetricInfo> shown;
  for (const feedback::MetricInfo& metric : feedback::AllMetrics()) {
    const bool has = std::any_of(
        report.windows.begin(), report.windows.end(),
        [&](const Quality& quality) { return quality.metrics.Of(metric.name).has_value(); });
    if (has) shown.push_back(metric);
  }
  return shown;
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

class QualityTable {
 public:
  QualityTable(const Report& report, std::vector<std::string> keys)
      : metrics_(ShownMetrics(report)),
        has_positive_(!report.positive.empty()),
        table_(Header(keys), Right(keys)) {}

  void Add(std::vector<std::string> row, const Quality& quality) {
    for (const std::uint64_t count : {quality.rows, quality.joined, quality.waiting}) {
      row.push_back(Grouped(count));
    }
    if (has_positive_) row.push_back(Percent(quality.positive_share));
    for (const auto& metric : metrics_) row.push_back(Number(quality.metrics.Of(metric.name)));
    table_.Add(std::move(row));
  }

  std::string Text() const { return table_.Text(); }

 private:
  std::vector<std::string> Header(std::vector<std::string> keys) const {
    for (const char* const name : {"ROWS", "JOINED", "WAITING"}) keys.emplace_back(name);
    if (has_positive_) keys.emplace_back("POSITIVE");
    for (const auto& metric : metrics_) keys.push_back(Upper(metric.title));
    return keys;
  }

  std::vector<std::size_t> Right(const std::vector<std::string>& keys) const {
    std::vector<std::size_t> right;
    const std::size_t columns = Header(keys).size();
    for (std::size_t i = keys.size(); i < columns; ++i) right.push_back(i);
    return right;
  }

  const std::vector<feedback::MetricInfo> metrics_;
  const bool has_positive_;
  TextTable table_;
};

std::string Signed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.4f", value);
  return text;
}

// `2001-06 since 2001-05: positive +5.3 points; better: ...; worse: ...`
std::string ChangeLine(const Quality& quality) {
  std::string line = quality.window + " since " + quality.before + ":";
  if (quality.positive_share && quality.positive_share_before) {
    char text[48];
    std::snprintf(text, sizeof text, " positive %+.1f points;",
                  (*quality.positive_share - *quality.positive_share_before) * 100);
    line += text;
  }
  for (const char* const word : {"better", "worse", "same"}) {
    std::string names;
    for (const feedback::MetricInfo& metric : feedback::AllMetrics()) {
      const auto now = quality.metrics.Of(metric.name);
      const auto before = quality.metrics_before.Of(metric.name);
      if (!now || !before || feedback::ChangeText(metric, *before, *now) != std::string(word)) {
        continue;
      }
      names += (names.empty() ? "" : ", ") + metric.title;
      if (*now != *before) names += " " + Signed(*now - *before);
    }
    if (!names.empty()) line += " " + std::string(word) + ": " + names + ";";
  }
  line.pop_back();
  return line;
}

std::string SliceText(const std::string& slice) {
  return slice.empty() ? "(none)" : CellText(slice);
}

void ShowClasses(const Terminal& terminal, const Report& report) {
  TextTable table({"CLASS", "PREDICTED", "CAME", "HITS", "PRECISION", "RECALL"}, {1, 2, 3, 4, 5});
  for (const feedback::ClassRow& row : report.all.classes) {
    table.Add({CellText(row.name), Grouped(row.predicted), Grouped(row.came), Grouped(row.hits),
               Number(row.precision), Number(row.recall)});
  }
  terminal.Out("\nclasses\n" + table.Text());
}

void ShowCalibration(const Terminal& terminal, const Report& report) {
  TextTable table({"SCORE", "ROWS", "MEAN SCORE", "POSITIVE"}, {1, 2, 3});
  for (std::size_t i = 0; i < feedback::kBins; ++i) {
    const feedback::CalibrationBin& bin = report.all.bins[i];
    const bool empty = bin.rows == 0;
    char range[32];
    std::snprintf(range, sizeof range, "%.1f to %.1f", static_cast<double>(i) / 10,
                  static_cast<double>(i + 1) / 10);
    table.Add({range, Grouped(bin.rows), empty ? "-" : Number(bin.mean_score),
               empty ? "-" : Number(bin.positive_share)});
  }
  terminal.Out("\ncalibration\n" + table.Text());
}

void ShowCounts(const Terminal& terminal, const Report& report) {
  terminal.Out(report.stream + ": " + Counted(report.predictions, "prediction") + ", " +
               Counted(report.outcomes, "outcome") + ", " + Grouped(report.all.joined) +
               " joined, " + Grouped(report.all.waiting) + " waiting");
  std::string rest;
  const auto tell = [&](std::uint64_t number, const std::string& what) {
    if (number > 0) rest += (rest.empty() ? "" : ", ") + what + " " + Grouped(number);
  };
  tell(report.repeated, "predictions repeated");
  tell(report.conflicts, "predictions in conflict with an earlier one");
  tell(report.repeated_outcomes, "outcomes repeated");
  tell(report.corrected, "outcomes corrected");
  tell(report.all.early, "outcomes from before their prediction");
  tell(report.unmatched, "outcomes unmatched");
  tell(report.of_others, "predictions of other models");
  if (!rest.empty()) terminal.Out("counted once or left out: " + rest);
}

void Show(const Terminal& terminal, const Report& report) {
  ShowCounts(terminal, report);
  QualityTable windows(report, {Upper(report.by)});
  for (const Quality& quality : report.windows) windows.Add({quality.window}, quality);
  if (report.windows.size() > 1) windows.Add({"all"}, report.all);
  terminal.Out("\n" + windows.Text());
  std::string changes;
  for (const Quality& quality : report.windows) {
    if (!quality.before.empty()) changes += "\n" + ChangeLine(quality);
  }
  if (!changes.empty()) terminal.Out(changes);
  for (const feedback::SliceColumn& slice : report.slices) {
    QualityTable table(report, {Upper(CellText(slice.column)), Upper(report.by)});
    for (const Quality& quality : slice.windows) {
      table.Add({SliceText(quality.slice), quality.window}, quality);
    }
    terminal.Out("\n" + table.Text());
  }
  if (report.all.joined > 0) ShowClasses(terminal, report);
  if (report.all.scored > 0) ShowCalibration(terminal, report);
  for (const std::string& note : report.notes) terminal.Talk("note: " + CellText(note));
}

Result<int> ReportVerb(Context& context, FeedbackOptions options) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY_ASSIGN(const auto streams, Streams(context, *session));
  TRY_ASSIGN(const auto stream, feedback::FindStream(streams, options.stream));
  TRY(session->OpenStore());
  if (!session->has_catalog()) {
    return Error{ErrorCode::kUser, "no prediction of this stream is there yet: " + stream.name,
                 "`assay feedback import FILE` imports some"};
  }
  if (!options.slices.empty()) options.report.slices = options.slices;
  TRY_ASSIGN(const Report report, feedback::MakeReport(*session, stream, options.report));
  if (!options.html.empty()) TRY(WritePage(options.html, feedback::ReportHtml(report)));
  if (context.json) {
    context.terminal.OutJson(feedback::ReportJson(report));
  } else {
    Show(context.terminal, report);
    if (!options.html.empty()) context.terminal.Talk("written: " + options.html);
  }
  return 0;
}

void AddKindAndName(Verb& verb, const std::shared_ptr<FeedbackOptions>& options,
                    const std::string& kind) {
  verb.AddOption("--kind", options->kind, kind).OneOf({"prediction", "outcome"}).ValueName("KIND");
  verb.AddOption("--as", options->name, "what messages call the file (default: its path)")
      .ValueName("NAME");
}

void AddImport(Verb& verb, Context& context, const std::shared_ptr<FeedbackOptions>& options) {
  Verb files = verb.AddVerb("import",
                            "Take in files of predictions or outcomes (Parquet, CSV, JSON "
                            "lines). A file with a wrong row is refused whole.");
  files.AddOption("files", options->files, "the files").Required().ValueName("FILE");
  AddKindAndName(files, options, "what they hold (default: told by their columns)");
  files.AddJson(context);
  files.AddExamples("  assay feedback import predictions.parquet outcomes.parquet");
  files.OnCall(context, [&context, options] { return Import(context, *options); });
}

void AddAdd(Verb& verb, Context& context, const std::shared_ptr<FeedbackOptions>& options) {
  Verb add = verb.AddVerb(
      "add",
      "Take in a file of single events (JSON lines), as the server takes them one by one. A file "
      "with a wrong event is refused whole.");
  add.AddOption("file", options->files, "the file").Required().OneEach().ValueName("FILE");
  AddKindAndName(add, options, "what it holds (default: both)");
  add.AddJson(context);
  add.AddExamples("  assay feedback add events.jsonl --kind outcome");
  add.OnCall(context, [&context, options] { return AddSingle(context, *options); });
}

void AddReport(Verb& verb, Context& context, const std::shared_ptr<FeedbackOptions>& options) {
  Verb report =
      verb.AddVerb("report", "How good predictions were, by window of their time and by slice.");
  report.AddOption("--by", options->report.by, "windows (default month)")
      .OneOf({"day", "week", "month"})
      .ValueName("WINDOW");
  report
      .AddOption("--slice", options->slices,
                 "column to slice by (default: those of the stream; may be repeated)")
      .OneEach()
      .ValueName("COLUMN");
  report.AddOption("--model", options->report.model, "predictions of this model only")
      .ValueName("MODEL");
  report
      .AddOption("--as-of", options->report.as_of,
                 "predictions and outcomes up to this moment only")
      .ValueName("TIME");
  report.AddOption("--html", options->html, "write the report with charts to a file as well")
      .ValueName("FILE");
  report.AddJson(context);
  report.AddExamples(
      "  assay feedback report --by week\n"
      "  assay feedback report --slice origin --html report.html");
  report.OnCall(context, [&context, options] { return ReportVerb(context, *options); });
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb("feedback", "Predictions and what came of them.");
  verb.NeedsVerb();
  const auto options = std::make_shared<FeedbackOptions>();
  AddImport(verb, context, options);
  AddAdd(verb, context, options);
  AddReport(verb, context, options);
  Verb list = verb.AddVerb("list", "What has come in: batches and single events.");
  list.AddOption("--kind", options->kind, "of this kind only")
      .OneOf({"prediction", "outcome", "request"})
      .ValueName("KIND");
  list.AddJson(context);
  list.OnCall(context, [&context, options] { return List(context, *options); });
  for (Verb& one : verb.verbs()) {
    one.AddOption("--stream", options->stream, "the stream (default: the only one)")
        .ValueName("STREAM");
  }
}

}  // namespace

VerbKind feedback_verb() { return {.name = "feedback", .add = Add}; }

}  // namespace assay::cli
