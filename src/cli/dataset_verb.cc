#include <cstdio>
#include <cstdlib>

#include "cli/grid_text.h"
#include "cli/verb.h"
#include "cli/verdict_text.h"
#include "cli/version_text.h"
#include "run/export_version.h"
#include "run/prepare_version.h"
#include "run/version_diff.h"
#include "run/version_list.h"
#include "store/lock.h"
#include "store/maintenance.h"

namespace assay::cli {
namespace {

struct DatasetOptions {
  std::string name, other;
  std::string to, format = "parquet";
  bool overwrite = false;
  bool prepared = false;
  bool dry_run = false;
  std::int64_t grace_hours = 24;
};

using Session = std::unique_ptr<run::Session>;

Result<Session> OpenStore(Context& context) {
  TRY_ASSIGN(Session session, context.OpenSession());
  TRY(session->OpenStore());
  TRY(session->NeedCatalog());
  return session;
}

// `train@v2`; a version without a number by its id, in a form that can be given back.
std::string NameOf(const run::NamedVersion& version) {
  return version.dataset + "@" +
         (version.number.empty() ? "version:" + Short(version.body.version) : version.number);
}

Result<int> List(Context& context, const DatasetOptions&) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const auto heads, run::DatasetHeads(*session));
  Json list = Json::array();
  TextTable table({"DATASET", "LATEST", "ROWS", "CREATED"}, {2});
  for (const run::DatasetHead& head : heads) {
    table.Add({head.name, head.latest.number, Grouped(head.rows), head.latest.body.created_at});
    list.push_back(run::DatasetHeadJson(head));
  }
  if (context.json) {
    context.terminal.OutJson(list);
  } else if (heads.empty()) {
    context.terminal.Talk("no dataset has a version yet; `assay run` makes them");
  } else {
    context.terminal.Out(table.Text());
  }
  return 0;
}

Result<int> Log(Context& context, const DatasetOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const auto history, run::VersionHistory(*session, options.name));
  Json list = Json::array();
  TextTable table({"COMMIT", "VERSION", "REFS", "ROWS", "CREATED", "BY", "MESSAGE"}, {3});
  for (const run::HistoryEntry& entry : history) {
    const store::Commit& commit = entry.version.body;
    std::string names = entry.refs;
    // A version that came back has no number of its own.
    if (const std::string& number = entry.version.number; names.find(number) == std::string::npos) {
      names += (names.empty() ? "" : ", ") + std::string("same content as ") + number;
    }
    table.Add({Short(entry.version.commit), Short(commit.version), names, Grouped(entry.rows),
               commit.created_at, commit.created_by, CellText(commit.message)});
    list.push_back(run::HistoryEntryJson(entry));
  }
  if (context.json) {
    context.terminal.OutJson(list);
  } else {
    context.terminal.Out(table.Text());
  }
  return 0;
}

// Seven digits are enough for an eye; --json has them all.
std::string Rounded(const std::string& number) {
  if (number.empty()) return "";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.7g", std::strtod(number.c_str(), nullptr));
  return buffer;
}

// The columns of the first split that has rows.
Result<std::string> ProfileText(run::Session& session, const store::Commit& commit) {
  TRY_ASSIGN(const std::string text, session.objects().Get(commit.profile));
  TRY_ASSIGN(const Json profile, ParseJson(text));
  TextTable table({"COLUMN", "TYPE", "NULLS", "DISTINCT", "MIN", "MEDIAN", "MAX", "MEAN"},
                  {2, 3, 4, 5, 6, 7});
  std::string name;
  for (const store::SplitTable& split : commit.tables) {
    if (name.empty() && split.rows > 0) name = split.name;
  }
  if (name.empty()) name = commit.tables.at(0).name;
  for (const Json& column : profile["assay.profile/1"]["splits"][name]["columns"]) {
    const auto cell = [&](const char* member) { return CellText(column.value(member, "")); };
    const std::string median =
        column.contains("quantiles") ? column["quantiles"].value("0.5", "") : "";
    table.Add({cell("name"), cell("type"), Grouped(column.value("nulls", std::uint64_t{0})),
               Grouped(column.value("distinct", std::uint64_t{0})), cell("min"), CellText(median),
               cell("max"), Rounded(column.value("mean", ""))});
  }
  return "columns of `" + name + "`\n" + table.Text("  ");
}

Result<int> Show(Context& context, const DatasetOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const run::NamedVersion version, run::FindVersion(*session, options.name));
  const store::Commit& commit = version.body;
  if (context.json) {
    TRY_ASSIGN(const Json json, run::VersionJson(*session, version));
    context.terminal.OutJson(json);
    return 0;
  }
  const Terminal& terminal = context.terminal;
  terminal.Out(terminal.Paint(NameOf(version), Tone::kBold, false) + "\n  version " +
               commit.version + "\n  commit  " + version.commit + "\n  created " +
               commit.created_at + " by " + commit.created_by + ", run " + commit.run);
  std::string facts;
  if (commit.label.is_object()) facts += "  label   " + commit.label.value("column", "") + "\n";
  if (commit.split.is_object()) {
    facts += "  split   by " + commit.split.value("kind", "") + " " +
             commit.split.value("params", Json::object()).dump() + "\n";
  }
  if (!commit.preparation.empty()) {
    facts += "  prepare " + Short(commit.preparation) + ", see `assay prepare show " +
             NameOf(version) + "`\n";
  }
  for (const std::string& column : commit.key) facts += "  key     " + column + "\n";
  if (const std::string owner = OwnerOf(commit.owner); !owner.empty()) {
    facts += "  owner   " + owner + "\n";
  }
  for (const std::string& license : commit.licenses) facts += "  license " + license + "\n";
  for (const Json& gate : commit.gates) {
    facts += "  gate    " + gate.value("gate", "") + ": " +
             PaintVerdict(terminal, gate.value("verdict", ""), false) + ", " +
             Grouped(gate.value("refused", std::uint64_t{0})) + " of " +
             Rows(gate.value("rows", std::uint64_t{0})) + " refused\n";
  }
  if (!facts.empty()) facts.pop_back();
  terminal.Out(facts);
  terminal.Out(SplitsText(commit));
  TRY_ASSIGN(const std::string profile, ProfileText(*session, commit));
  terminal.Out(profile);
  terminal.Out("made from\n" + SourcesText(commit));
  return 0;
}

// Gates are named only where there is more than one.
std::string SharesText(const std::vector<run::ShareChange>& changes, const std::string& where,
                       const std::string& what) {
  const bool gates = !changes.empty() && changes.front().gate != changes.back().gate;
  std::vector<std::string> head = {where, what, "BEFORE", "AFTER"};
  if (gates) head.insert(head.begin(), "GATE");
  TextTable table(head, {head.size() - 2, head.size() - 1});
  for (const run::ShareChange& change : changes) {
    std::vector<std::string> row = {change.where, CellText(change.what),
                                    change.before.empty() ? "-" : change.before,
                                    change.after.empty() ? "-" : change.after};
    if (gates) row.insert(row.begin(), change.gate);
    table.Add(std::move(row));
  }
  return table.Text("  ");
}

Result<int> Diff(Context& context, const DatasetOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const run::NamedVersion before, run::FindVersion(*session, options.name));
  TRY_ASSIGN(const run::NamedVersion after,
             run::FindVersion(*session, options.other, before.dataset));
  TRY_ASSIGN(const run::VersionDiff diff, run::DiffVersions(*session, before, after));
  if (context.json) {
    context.terminal.OutJson(VersionDiffJson(diff));
    return 0;
  }
  const Terminal& terminal = context.terminal;
  terminal.Out(NameOf(before) + " -> " + NameOf(after));
  if (diff.same_content) {
    terminal.Out("same content: version " + Short(after.body.version));
    return 0;
  }
  for (const std::string& change : diff.schema) terminal.Out("  " + change);
  TextTable splits({"SPLIT", "BEFORE", "AFTER", "ADDED", "REMOVED"}, {1, 2, 3, 4});
  for (const run::SplitChange& split : diff.splits) {
    splits.Add({split.split, Grouped(split.before), Grouped(split.after), Grouped(split.added),
                Grouped(split.removed)});
  }
  terminal.Out(splits.Text("  "));
  if (!diff.classes.empty()) terminal.Out(SharesText(diff.classes, "SPLIT", "CLASS"));
  if (!diff.slices.empty()) terminal.Out(SharesText(diff.slices, "SLICE", "CHECK"));
  return 0;
}

Result<int> Export(Context& context, const DatasetOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(run::NamedVersion version, run::FindVersion(*session, options.name));
  if (options.prepared) {
    TRY_ASSIGN(version.body, run::AsPrepared(session->objects(), version.body));
  }
  TRY_ASSIGN(const auto files,
             run::ExportVersion(*session, version, options.format, options.to, options.overwrite));
  Json list = Json::array();
  TextTable table({}, {1, 2});
  for (const run::ExportedFile& file : files) {
    list.push_back(Json{{"path", file.path.string()}, {"rows", file.rows}, {"bytes", file.bytes}});
    table.Add({file.path.string(), Rows(file.rows), Bytes(file.bytes)});
  }
  if (context.json) {
    context.terminal.OutJson(Json{{"dataset", version.dataset},
                                  {"version", version.body.version},
                                  {"commit", version.commit},
                                  {"files", list}});
  } else {
    context.terminal.Out(table.Text());
  }
  return 0;
}

Result<int> Verify(Context& context, const DatasetOptions&) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const store::VerifyReport report,
             store::Verify(session->catalog(), session->objects()));
  if (context.json) {
    context.terminal.OutJson(Json{{"objects", report.objects},
                                  {"bytes", report.bytes},
                                  {"commits", report.commits},
                                  {"problems", report.problems}});
  } else {
    for (const std::string& problem : report.problems) context.terminal.Out(problem);
    context.terminal.Out(Grouped(report.objects) + " objects (" + Bytes(report.bytes) + "), " +
                         Grouped(report.commits) + " commits: " +
                         (report.problems.empty() ? "all as they should be"
                                                  : Grouped(report.problems.size()) + " problems"));
  }
  return report.problems.empty() ? 0 : 1;
}

Result<int> Gc(Context& context, const DatasetOptions& options) {
  TRY_ASSIGN(const Session session, OpenStore(context));
  TRY_ASSIGN(const store::Lock lock,
             store::Lock::Take(session->root(), "dataset gc", context.clock));
  TRY_ASSIGN(const store::GcReport report,
             store::CollectGarbage(session->catalog(), session->objects(), context.clock,
                                   options.grace_hours * 3600, options.dry_run));
  if (context.json) {
    context.terminal.OutJson(Json{{"dry_run", options.dry_run},
                                  {"kept", report.kept},
                                  {"kept_bytes", report.kept_bytes},
                                  {"swept", report.swept},
                                  {"swept_bytes", report.swept_bytes},
                                  {"node_results", report.node_results}});
    return 0;
  }
  for (const std::string& sha256 : report.swept) context.terminal.Out(sha256);
  std::string results;
  if (report.node_results > 0) {
    results = " and " + Grouped(report.node_results) + " old results of nodes";
  }
  context.terminal.Talk((options.dry_run ? "would remove " : "removed ") +
                        Grouped(report.swept.size()) + " objects (" + Bytes(report.swept_bytes) +
                        ")" + results + ", kept " + Grouped(report.kept) + " (" +
                        Bytes(report.kept_bytes) + ")");
  return 0;
}

void Add(Verb& program, Context& context) {
  Verb dataset = program.AddVerb("dataset", "Look at versions, compare and export them.");
  dataset.NeedsVerb();
  const auto options = std::make_shared<DatasetOptions>();
  const auto name = [&](Verb verb) {
    verb.AddOption("name", options->name, "NAME@REF; a bare name means the latest")
        .Required()
        .ValueName("NAME@REF");
  };
  dataset.AddVerb("list", "All datasets and their latest versions.", context, options, List);
  name(dataset.AddVerb("log", "The commits of a dataset, newest first.", context, options, Log));
  name(dataset.AddVerb("show", "One version: splits, columns, verdicts, and what it was made from.",
                       context, options, Show));
  Verb diff =
      dataset.AddVerb("diff", "What changed between two versions: rows, schema, class shares.",
                      context, options, Diff);
  name(diff);
  diff.AddOption("other", options->other, "NAME@REF, or @REF of the same dataset")
      .Required()
      .ValueName("@REF");
  diff.AddExamples("  assay dataset diff flights_train@v1 @v2");
  Verb out =
      dataset.AddVerb("export", "Write a version's rows to files.", context, options, Export);
  name(out);
  out.AddOption("--to", options->to, "folder, made if it is not there").Required().ValueName("DIR");
  out.AddOption("--format", options->format, "parquet (default), csv or jsonl").ValueName("FORMAT");
  out.AddFlag("--prepared", options->prepared, "the prepared rows instead of the raw ones");
  out.AddFlag("--overwrite", options->overwrite, "replace files that are there");
  out.AddExamples("  assay dataset export flights_train@v1 --to out/ --format jsonl");
  dataset.AddVerb(
      "verify", "Read the whole store again and check every hash; exit 1 when something is wrong.",
      context, options, Verify);
  Verb gc =
      dataset.AddVerb("gc", "Remove what no version, quarantine or newest result of a node needs.",
                      context, options, Gc);
  gc.AddFlag("--dry-run", options->dry_run, "only say what would go");
  gc.AddOption("--grace", options->grace_hours,
               "hours that objects and results stay in any case (default 24)")
      .Between(0, 1000000)
      .ValueName("HOURS");
}

}  // namespace

VerbKind dataset_verb() { return {.name = "dataset", .add = Add}; }

}  // namespace assay::cli
