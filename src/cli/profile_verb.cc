#include "cli/grid_text.h"
#include "cli/page_file.h"
#include "cli/profile_text.h"
#include "cli/verb.h"
#include "contract/amount_text.h"
#include "contract/utf8.h"
#include "run/look.h"
#include "run/look_page.h"

namespace assay::cli {
namespace {

struct ProfileOptions {
  std::string name;
  std::string columns, split, label, html, kind, delimiter;
  std::uint64_t limit = 5;
};

run::LookOptions LookOptionsOf(const ProfileOptions& given) {
  run::LookOptions options;
  for (std::size_t begin = 0; begin < given.columns.size();) {
    const std::size_t end = std::min(given.columns.find(',', begin), given.columns.size());
    options.columns.push_back(given.columns.substr(begin, end - begin));
    begin = end + 1;
  }
  options.split = given.split;
  options.label = given.label;
  options.kind = given.kind;
  options.delimiter = given.delimiter;
  return options;
}

Result<run::Look> LookAtNamed(Context& context, const ProfileOptions& given) {
  TRY_ASSIGN(const auto session, context.OpenSession());
  const run::LookOptions options = LookOptionsOf(given);
  const bool is_file = !given.kind.empty() || !given.delimiter.empty();
  if (is_file || run::IsFileName(given.name)) {
    return run::LookAtFile(*session, given.name, options);
  }
  TRY(session->OpenStore());
  return run::LookAt(*session, given.name, options);
}

// What a person must know who reads figures of the rest.
void WarnOfRefused(const Terminal& terminal, const run::Look& look) {
  if (look.refused == 0) return;
  std::string text = Rows(look.refused) + (look.refused == 1 ? " does" : " do") +
                     " not parse and " + (look.refused == 1 ? "is" : "are") + " not counted";
  if (!look.first_refused.rows.empty()) {
    constexpr std::size_t kLongest = 120;
    const auto& row = look.first_refused.rows[0];
    const std::string reason = row.at(2).value_or("");
    text += "; the first in line " + row.at(0).value_or("") + ": " +
            contract::CutText(contract::Printable(reason.substr(0, reason.find('\n'))), kLongest) +
            ": " + CellText(row.at(3).value_or(""));
  }
  terminal.Warn(text);
}

Result<int> Profile(Context& context, const ProfileOptions& given) {
  TRY_ASSIGN(const run::Look look, LookAtNamed(context, given));
  if (!given.html.empty()) TRY(WritePage(given.html, run::LookPage(look)));
  if (context.json) {
    context.terminal.OutJson(run::LookJson(look));
  } else {
    context.terminal.Out(LookText(context.terminal, look, given.limit));
  }
  WarnOfRefused(context.terminal, look);
  if (!look.note.empty()) context.terminal.Warn(look.note);
  return 0;
}

void Add(Verb& program, Context& context) {
  const auto options = std::make_shared<ProfileOptions>();
  Verb verb = program.AddVerb(
      "profile",
      "Look at a file of rows, a version or a node: columns, distributions, and what is suspicious "
      "in them.",
      context, options, Profile);
  verb.AddOption("name", options->name,
                 "a file (no project is needed), NAME@REF of a version, a dataset (its latest), or "
                 "a node (its newest rows)")
      .Required()
      .ValueName("FILE|NAME@REF|NODE");
  verb.AddOption("--columns", options->columns, "only these, separated by commas")
      .ValueName("COLUMNS");
  verb.AddOption("--split", options->split, "only this split of a version (default: all rows)")
      .ValueName("SPLIT");
  verb.AddOption("--label", options->label,
                 "the column that a model learns (default: the label of the version)")
      .ValueName("COLUMN");
  verb.AddOption("--limit", options->limit,
                 "most frequent values shown of a column of text, at most (default 5)")
      .IsCount()
      .ValueName("N");
  verb.AddOption("--kind", options->kind,
                 "kind of source that reads the file (default: by its suffix)")
      .ValueName("KIND");
  verb.AddOption("--delimiter", options->delimiter,
                 "what stands between the cells of a text file (default: that of its kind)")
      .ValueName("TEXT");
  verb.AddOption("--html", options->html, "also write a page with histograms").ValueName("FILE");
  verb.AddExamples(
      "  assay profile flights.csv\n"
      "  assay profile flights_train@v1 --split train --html profile.html\n"
      "  assay profile export.txt --kind csv --delimiter ';' --columns id,amount");
}

}  // namespace

VerbKind profile_verb() { return {.name = "profile", .add = Add}; }

}  // namespace assay::cli
