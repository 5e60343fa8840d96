#include <cstdlib>

#include "cli/drift_text.h"
#include "cli/grid_text.h"
#include "cli/page_file.h"
#include "cli/verb.h"
#include "contract/number_text.h"
#include "monitor/drift_page.h"
#include "monitor/subject.h"

namespace assay::cli {
namespace {

struct DriftVerbOptions {
  std::string reference, current;
  std::string split, columns, from = "auto", share = "0.5", html;
  std::vector<std::string> methods, thresholds;
};

// `COLUMN=VALUE`, split at the last sign: names of columns may hold one.
Result<std::pair<std::string, std::string>> ColumnAndValue(const std::string& text,
                                                           const std::string& option) {
  const std::size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
    return Error{ErrorCode::kUser, "not of the form COLUMN=VALUE in " + option + ": " + text,
                 "write it like " + option + (option == "--method" ? " delay=psi" : " delay=0.2")};
  }
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

Result<double> NumberIn(const std::string& text, const std::string& option) {
  if (!contract::IsNumber(text)) {
    return Error{ErrorCode::kUser, "not a number in " + option + ": " + text, ""};
  }
  return std::strtod(text.c_str(), nullptr);
}

Result<monitor::DriftOptions> ReadOptions(const DriftVerbOptions& given) {
  monitor::DriftOptions options;
  for (std::size_t begin = 0; begin < given.columns.size();) {
    const std::size_t end = std::min(given.columns.find(',', begin), given.columns.size());
    options.columns.push_back(given.columns.substr(begin, end - begin));
    begin = end + 1;
  }
  if (given.from == "data") options.from = monitor::DriftFrom::kData;
  if (given.from == "profile") options.from = monitor::DriftFrom::kProfile;
  TRY_ASSIGN(options.drift_share, NumberIn(given.share, "--drift-share"));
  for (const std::string& text : given.methods) {
    TRY_ASSIGN(const auto pair, ColumnAndValue(text, "--method"));
    TRY_ASSIGN(options.methods[pair.first], monitor::ParseMethod(pair.second));
  }
  for (const std::string& text : given.thresholds) {
    TRY_ASSIGN(const auto pair, ColumnAndValue(text, "--threshold"));
    TRY_ASSIGN(options.thresholds[pair.first], NumberIn(pair.second, "--threshold"));
  }
  return options;
}

std::string ChangeText(const monitor::SchemaChange& change) {
  const std::string name = "  " + CellText(change.column);
  if (change.before.empty()) return name + ": added, " + change.after;
  if (change.after.empty()) return name + ": removed, was " + change.before;
  return name + ": " + change.before + " has become " + change.after;
}

void Show(const Terminal& terminal, const monitor::DriftReport& report) {
  const auto word = [&](bool drifted) {
    return terminal.Paint(drifted ? "drifted" : "no", drifted ? Tone::kBad : Tone::kGood, false);
  };
  terminal.Out(report.reference + " (" + Rows(report.reference_rows) + ") -> " + report.current +
               " (" + Rows(report.current_rows) + ")" +
               (report.split.empty() ? "" : ", split `" + report.split + "`"));
  terminal.Out("data_drift: " + word(report.data_drift()) + ", " +
               Grouped(report.drifted_columns()) + " of " + Grouped(report.judged_columns()) +
               " judged columns");
  if (report.label) {
    terminal.Out("label_drift: " + word(report.label_drift()));
  }
  terminal.Out("schema_drift: " + word(report.schema_drift()));
  for (const monitor::SchemaChange& change : report.schema) terminal.Out(ChangeText(change));
  const std::string columns = ColumnsText(terminal, report, false);
  if (!columns.empty()) terminal.Out(columns);
}

Result<int> Drift(Context& context, const DriftVerbOptions& given) {
  TRY_ASSIGN(const monitor::DriftOptions options, ReadOptions(given));
  TRY_ASSIGN(const auto session, context.OpenSession());
  TRY(session->OpenStore());
  TRY(session->NeedCatalog());
  TRY_ASSIGN(const run::NamedVersion reference, monitor::FindReference(*session, given.reference));
  TRY_ASSIGN(const monitor::DriftReport report,
             monitor::FindDriftFrom(*session, reference, given.current, given.split, options));
  if (!given.html.empty()) TRY(WritePage(given.html, monitor::DriftPage(report)));
  if (context.json) {
    context.terminal.OutJson(monitor::DriftJson(report));
  } else {
    Show(context.terminal, report);
  }
  return report.drifted() ? 1 : 0;
}

void Add(Verb& program, Context& context) {
  Verb verb = program.AddVerb(
      "drift", "Compare columns with those of a reference version; exit 1 when they have drifted.");
  const auto options = std::make_shared<DriftVerbOptions>();
  verb.AddOption(
          "reference", options->reference,
          "NAME@REF of a version, or of a model: what it was trained on; a bare name means the "
          "latest")
      .Required()
      .ValueName("NAME@REF");
  verb.AddOption("current", options->current,
                 "NAME@REF, @REF of the same dataset, a node (its newest rows), or a Parquet or "
                 "CSV file")
      .Required()
      .ValueName("WHAT");
  verb.AddOption("--split", options->split, "only this split of versions (default: all rows)")
      .ValueName("SPLIT");
  verb.AddOption("--columns", options->columns, "only these, separated by commas")
      .ValueName("COLUMNS");
  verb.AddOption("--from", options->from,
                 "data: read the rows; profile: only what the commits hold; auto (default): the "
                 "profile where it is exact or the method a distance")
      .OneOf({"auto", "data", "profile"})
      .ValueName("SOURCE");
  verb.AddOption("--method", options->methods,
                 "for a column: ks, chi_square, z_test, psi, jensen_shannon or wasserstein")
      .ValueName("COLUMN=METHOD");
  verb.AddOption("--threshold", options->thresholds,
                 "for a column (default: 0.05 for tests, 0.1 for distances)")
      .ValueName("COLUMN=NUMBER");
  verb.AddOption("--drift-share", options->share,
                 "share of drifted columns that is data_drift (default 0.5)")
      .ValueName("NUMBER");
  verb.AddOption("--html", options->html, "also write a page with histograms").ValueName("FILE");
  verb.AddJson(context);
  verb.AddExamples(
      "  assay drift flights_train@v1 @v2\n"
      "  assay drift flights_train@v1 @v2 --split train --html drift.html\n"
      "  assay drift late@champion june.parquet\n"
      "  assay drift flights_train@v1 @v2 --method delay=psi --threshold delay=0.25");
  verb.OnCall(context, [&context, options] { return Drift(context, *options); });
}

}  // namespace

VerbKind drift_verb() { return {.name = "drift", .add = Add}; }

}  // namespace assay::cli
