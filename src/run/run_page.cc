#include "run/run_page.h"

#include <algorithm>
#include <map>

#include "contract/amount_text.h"
#include "contract/html_text.h"
#include "run/page_style.h"
#include "run/profile_figures.h"
#include "run/run_charts.h"
#include "run/run_compare.h"
#include "run/run_log.h"

namespace assay::run {
namespace {

using contract::BytesText;
using contract::CutText;
using contract::EscapeHtml;
using contract::GroupedText;
using contract::RowsText;
using contract::SecondsText;

constexpr std::size_t kLongestCell = 120;
constexpr std::size_t kLongestText = 2000;
constexpr std::size_t kMostChecks = 3000;
constexpr std::size_t kMostSlices = 12;

// Text of records or of the data, cut and escaped.
std::string Safe(const std::string& text, std::size_t most = kLongestText) {
  return EscapeHtml(CutText(text, most));
}

// A name of several words may go on in the next line behind any of them.
std::string NameHtml(const std::string& name, std::size_t most = 200) {
  std::string html;
  for (const char c : Safe(name, most)) {
    html += c;
    if (c == '_' || c == '/') html += "<wbr>";
  }
  return "<code>" + html + "</code>";
}

std::string Cell(const std::string& html, const char* style = "") {
  return *style == '\0' ? "<td>" + html + "</td>"
                        : std::string("<td class=\"") + style + "\">" + html + "</td>";
}

std::string WordHtml(const Standing& standing) {
  return "<span class=\"word " + standing.style + "\">" +
         EscapeHtml(standing.sign.empty() ? standing.word : standing.sign + " " + standing.word) +
         "</span>";
}

// `name` or, where it stands flush right, `#name`.
std::string TableHead(const std::vector<std::string>& names) {
  // On paper so many columns have to be broken anywhere.
  const bool many = names.size() > 12;
  std::string head = std::string("<div class=\"wide\"><table") + (many ? " class=\"many\"" : "") +
                     ">\n<thead><tr>";
  for (const std::string& name : names) {
    const bool right = name.starts_with("#");
    head += (right ? "<th class=\"number\">" : "<th>") + EscapeHtml(name.substr(right ? 1 : 0)) +
            "</th>";
  }
  return head + "</tr></thead>\n<tbody>\n";
}

constexpr char kTableEnd[] = "</tbody>\n</table></div>\n";

Json MemberOf(const Json& json, const char* member) {
  const auto found = json.find(member);
  return found != json.end() ? *found : Json();
}

std::string OwnerText(const Json& owner) {
  if (!owner.is_object()) return "";
  const std::string name = MemberText(owner, "name"), email = MemberText(owner, "email");
  if (email.empty()) return name;
  return name.empty() ? email : name + " <" + email + ">";
}

Standing StandingOfRun(const store::RunRow& run) {
  if (run.status == "done") return {"good", "✓", run.status};
  if (run.status == "nothing-to-do") return {"cached", "=", "nothing to do"};
  if (run.status == "gate-failed") return {"bad", "✗", "a gate failed"};
  if (run.status == "failed") return {"bad", "✗", run.status};
  return {"idle", "■", run.status};
}

// ---- what was run ----

std::string Entry(const char* name, const std::string& html) {
  return html.empty() ? "" : std::string("<dt>") + name + "</dt><dd>" + html + "</dd>\n";
}

std::string Head(const RunPage& page) {
  const store::RunRow& run = page.record.run;
  const std::string title =
      page.project.empty() ? "Run " + run.id : page.project + ": run " + run.id;
  std::string html = PageBegin(CutText(title, 200)) + "<h1>" +
                     (page.project.empty() ? "Run" : Safe(page.project, 200)) + "</h1>\n<p>" +
                     WordHtml(StandingOfRun(run)) + ", exit " + std::to_string(run.exit_code);
  if (const std::string took = SecondsOfText(run); !took.empty()) html += ", " + took;
  const std::string message =
      run.detail.is_object() ? MemberText(run.detail, "message") : std::string();
  return html + "</p>\n<dl>\n" + Entry("run", "<code>" + EscapeHtml(run.id) + "</code>") +
         Entry("asked for", "<code>" + Safe(RequestText(run)) + "</code>") +
         Entry("message", Safe(message)) +
         Entry("started", EscapeHtml(run.started_at) + " by " + Safe(run.who, 200)) +
         Entry("ended", EscapeHtml(run.finished_at)) + Entry("program", Safe(run.program, 200)) +
         "</dl>\n";
}

std::string Tile(const std::string& number, const std::string& what) {
  return "<li><b>" + number + "</b> " + EscapeHtml(what) + "</li>\n";
}

std::string Tiles(const RunPage& page) {
  std::map<std::string, std::size_t> nodes, checks;
  std::uint64_t refused = 0;
  for (const store::NodeRun& node : page.record.nodes) {
    ++nodes[node.status];
    refused += node.rows_refused;
  }
  for (const Json& verdict : page.record.verdicts) {
    for (const Json& check : MemberOf(verdict, "checks")) ++checks[MemberText(check, "verdict")];
  }
  std::string html = "<ul class=\"tiles\">\n";
  const auto add = [&html](std::size_t count, const std::string& what, const char* word) {
    if (count == 0) return;
    html += Tile(GroupedText(count), what + (count == 1 ? " " : "s ") + word);
  };
  for (const char* status : {"ran", "cached", "fused", "failed", "skipped", "cancelled"}) {
    add(nodes[status], "node", status);
  }
  for (const char* verdict : {"pass", "warn", "fail"}) add(checks[verdict], "check", verdict);
  html += Tile(GroupedText(refused), refused == 1 ? "row refused" : "rows refused");
  for (const RunVersion& version : page.record.versions) {
    const std::string number =
        version.number.empty() ? version.version.substr(0, 12) : version.number;
    html += Tile(EscapeHtml(number), version.dataset + (version.made ? ", made" : ", unchanged"));
  }
  return html + "</ul>\n";
}

std::string Attention(const RunRecord& record) {
  std::string errors, warnings;
  for (const store::NodeRun& node : record.nodes) {
    const NodeDetail detail = DetailOf(node);
    if (!node.error.empty()) {
      errors +=
          "<li><strong>" + EscapeHtml(node.node) + "</strong>: " + Safe(node.error) +
          (detail.hint.empty() ? ""
                               : "\n<span class=\"soft\">hint: " + Safe(detail.hint) + "</span>") +
          "</li>\n";
    } else if (node.verdict == "fail") {
      errors += "<li><strong>" + EscapeHtml(node.node) + "</strong>: its verdict is fail" +
                (node.rows_refused == 0 ? "" : ", " + RowsText(node.rows_refused) + " refused") +
                "</li>\n";
    }
    for (const std::string& warning : detail.warnings) {
      warnings +=
          "<li><strong>" + EscapeHtml(node.node) + "</strong>: " + Safe(warning) + "</li>\n";
    }
  }
  std::string html;
  if (!errors.empty()) html += "<h2>Errors</h2>\n<ul class=\"attention\">\n" + errors + "</ul>\n";
  if (!warnings.empty()) {
    html += "<h2>Warnings</h2>\n<ul class=\"attention warnings\">\n" + warnings + "</ul>\n";
  }
  return html;
}

std::string Timeline(const RunRecord& record) {
  const std::string chart = TimelineChart(record);
  if (chart.empty()) return "";
  double together = 0;
  bool by_second = true;
  for (const store::NodeRun& node : record.nodes) {
    if (!SpanOf(node)) continue;
    together += node.seconds;
    by_second = by_second && DetailOf(node).started_at.find('.') == std::string::npos;
  }
  const std::size_t most = MostAtOnce(record);
  return "<section>\n<h2>Timeline</h2>\n<p class=\"soft\">" + SecondsText(together) +
         " of work; at most " + std::to_string(most) + (most == 1 ? " node" : " nodes") +
         " at once" + (by_second ? "; beginnings are known to the second" : "") +
         "</p>\n<div class=\"wide\">" + chart + "</div>\n</section>\n";
}

std::string NodesTable(const RunRecord& record) {
  std::string html =
      "<h2>Nodes</h2>\n" + TableHead({"node", "kind", "status", "#rows in", "#rows out", "#refused",
                                      "#time", "#memory", "reads", "why"});
  for (const store::NodeRun& node : record.nodes) {
    const NodeDetail detail = DetailOf(node);
    const bool ran = node.status == "ran" || node.status == "failed";
    const bool counts = ran || node.status == "cached";
    std::string reads, why = node.reason;
    for (const TableNote& input : detail.inputs) reads += (reads.empty() ? "" : ", ") + input.name;
    if (detail.attempts > 1) why += "; " + std::to_string(detail.attempts) + " attempts";
    const std::string kind = detail.type + (node.kind == detail.type ? "" : " " + node.kind);
    html += "<tr id=\"" + EscapeHtml(NodeAnchor(node.node)) + "\">" + Cell(NameHtml(node.node)) +
            Cell(EscapeHtml(kind)) + Cell(WordHtml(StandingOf(node)), "whole") +
            Cell(counts ? GroupedText(node.rows_in) : "", "number") +
            Cell(counts ? GroupedText(node.rows_out) : "", "number") +
            Cell(counts ? GroupedText(node.rows_refused) : "", "number") +
            Cell(ran ? SecondsText(node.seconds) : "", "number") +
            Cell(ran ? BytesText(node.peak_buffer_bytes) : "", "number") + Cell(Safe(reads, 300)) +
            Cell(Safe(why, 300)) + "</tr>\n";
  }
  return html + kTableEnd;
}

// ---- what was judged ----

struct CheckRow {
  std::string gate, owner;
  Json check;
  std::uint64_t rows = 0;
  int rank = 0;  // the worst first
};

int RankOf(const std::string& verdict) { return verdict == "fail" ? 0 : verdict == "warn" ? 1 : 2; }

std::vector<CheckRow> CheckRows(const RunRecord& record) {
  std::vector<CheckRow> rows;
  for (const Json& verdict : record.verdicts) {
    if (!verdict.is_object()) continue;
    const std::string gate_owner = OwnerText(MemberOf(verdict, "owner"));
    for (const Json& check : MemberOf(verdict, "checks")) {
      if (!check.is_object()) continue;
      const std::string own = OwnerText(MemberOf(check, "owner"));
      rows.push_back({MemberText(verdict, "gate"), own.empty() ? gate_owner : own, check,
                      MemberCount(verdict, "rows"), RankOf(MemberText(check, "verdict"))});
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const CheckRow& a, const CheckRow& b) { return a.rank < b.rank; });
  return rows;
}

std::string SliceRows(const CheckRow& row) {
  std::string html;
  std::size_t bad = 0;
  for (const Json& slice : MemberOf(row.check, "slices")) {
    const std::string verdict = slice.is_object() ? MemberText(slice, "verdict") : "";
    if (verdict != "warn" && verdict != "fail") continue;
    if (++bad > kMostSlices) continue;
    html += "<tr>" + Cell(WordHtml(StandingOfVerdict(verdict)), "whole") + Cell("") +
            Cell("in " + Safe(MemberText(slice, "slice"), kLongestCell), "slice") + Cell("") +
            Cell(Safe(MemberText(slice, "observed"), 300)) +
            Cell(GroupedText(MemberCount(slice, "bad")), "number") +
            Cell(GroupedText(MemberCount(slice, "rows")), "number") + Cell("") + Cell("") +
            Cell("") + "</tr>\n";
  }
  if (bad > kMostSlices) {
    html += "<tr>" + Cell("") + Cell("") +
            Cell("and in " + GroupedText(bad - kMostSlices) + " more", "slice") +
            "<td colspan=\"7\"></td></tr>\n";
  }
  return html;
}

std::string ChecksTable(const RunRecord& record) {
  const std::vector<CheckRow> rows = CheckRows(record);
  if (rows.empty()) return "";
  std::string html =
      "<h2>Checks</h2>\n" + TableHead({"verdict", "gate", "check", "expected", "observed",
                                       "#bad rows", "#of rows", "severity", "owner", "place"});
  for (std::size_t i = 0; i < rows.size() && i < kMostChecks; ++i) {
    const CheckRow& row = rows[i];
    const std::string column = MemberText(row.check, "column");
    html +=
        "<tr>" + Cell(WordHtml(StandingOfVerdict(MemberText(row.check, "verdict"))), "whole") +
        Cell(NameHtml(row.gate)) + Cell(NameHtml(MemberText(row.check, "name"), kLongestCell)) +
        Cell(Safe((column.empty() ? "" : column + " ") + MemberText(row.check, "expected"), 300)) +
        Cell(Safe(MemberText(row.check, "observed"), 300)) +
        Cell(GroupedText(MemberCount(row.check, "bad")), "number") +
        Cell(GroupedText(row.rows), "number") +
        Cell(EscapeHtml(MemberText(row.check, "severity"))) + Cell(Safe(row.owner, 200)) +
        Cell(NameHtml(MemberText(row.check, "place"))) + "</tr>\n" + SliceRows(row);
  }
  html += kTableEnd;
  if (rows.size() > kMostChecks) {
    html += "<p class=\"soft\">" + GroupedText(rows.size() - kMostChecks) +
            " more checks passed or are less grave: <code>assay runs show --json</code></p>\n";
  }
  return html;
}

// ---- rows that were refused ----

std::string HeadOfColumn(const std::string& name) {
  if (name == "_assay_reasons") return "reasons";
  if (name == "_assay_file") return "file of the input";
  if (name == "_assay_row") return "row";
  return CutText(name, 60);
}

std::string ValueCell(const std::string& column, const Field& field,
                      const std::optional<std::string>& value) {
  if (!value) return Cell("<span class=\"soft\">null</span>");
  if (column == "_assay_file") return Cell("<code>" + EscapeHtml(value->substr(0, 12)) + "</code>");
  if (IsNumber(field.type)) return Cell(Safe(*value, kLongestCell), "number");
  return Cell(Safe(*value, kLongestCell), value->size() <= 24 ? "whole" : "long");
}

std::string SampleTable(const RefusedSample& sample) {
  std::string html = "<h3>" + EscapeHtml(sample.node) + "</h3>\n<p class=\"soft\">" +
                     EscapeHtml(RowsText(sample.rows)) + " refused";
  std::string reasons;
  for (std::size_t i = 0; i < sample.reasons.size() && i < 20; ++i) {
    reasons += (i == 0 ? ": " : ", ") + Safe(sample.reasons[i].first, kLongestCell) + " " +
               GroupedText(sample.reasons[i].second);
  }
  html += reasons;
  if (sample.grid.rows.size() < sample.rows && sample.note.empty()) {
    const std::size_t shown = sample.grid.rows.size();
    html +=
        shown == 1 ? "; the first is shown" : "; the first " + GroupedText(shown) + " are shown";
  }
  if (sample.left_out > 0) {
    html += "; " + GroupedText(sample.left_out) +
            (sample.left_out == 1 ? " column is" : " columns are") + " left out";
  }
  html += "</p>\n";
  if (!sample.note.empty()) return html + "<p>" + Safe(sample.note) + "</p>\n";
  std::vector<std::string> heads;
  // Where a row comes from says more than the hash of a file between.
  const bool traced = !sample.origins.empty();
  const auto is_hidden = [&](const Field& field) { return traced && field.name == "_assay_row"; };
  for (const Field& field : sample.grid.schema) {
    if (is_hidden(field)) continue;
    const bool from = traced && field.name == "_assay_file";
    heads.push_back((IsNumber(field.type) ? "#" : "") + (from ? "from" : HeadOfColumn(field.name)));
  }
  html += TableHead(heads);
  for (std::size_t row = 0; row < sample.grid.rows.size(); ++row) {
    html += "<tr>";
    for (std::size_t i = 0; i < sample.grid.schema.size(); ++i) {
      const Field& field = sample.grid.schema[i];
      if (is_hidden(field)) continue;
      html += traced && field.name == "_assay_file"
                  ? Cell(Safe(sample.origins[row], kLongestCell), "long")
                  : ValueCell(field.name, field, sample.grid.rows[row][i]);
    }
    html += "</tr>\n";
  }
  return html + kTableEnd;
}

std::string Refused(const RunPage& page) {
  if (page.refused.empty()) return "";
  std::string html = "<h2>Rows refused</h2>\n";
  for (const RefusedSample& sample : page.refused) html += SampleTable(sample);
  if (page.refused_left_out > 0) {
    html += "<p class=\"soft\">" + GroupedText(page.refused_left_out) +
            " more gates refused rows: <code>assay quarantine list</code></p>\n";
  }
  return html;
}

// ---- versions ----

std::string VersionHtml(const MadeVersion& made) {
  const RunVersion& version = made.version;
  const std::string number = version.number.empty() ? "" : "@" + version.number;
  std::string html = "<h3>" + EscapeHtml(version.dataset + number) + "</h3>\n<dl>\n" +
                     Entry("version", "<code>" + EscapeHtml(version.version) + "</code>") +
                     Entry("commit", "<code>" + EscapeHtml(version.commit) + "</code>");
  std::string splits;
  for (const auto& [name, rows] : made.splits) {
    splits += (splits.empty() ? "" : ", ") + Safe(name, 60) + " " + RowsText(rows);
  }
  html += Entry("splits", splits) + "</dl>\n";
  if (!made.note.empty()) html += "<p>" + Safe(made.note) + "</p>\n";
  for (std::size_t i = 0; i < made.profiles.size(); ++i) {
    const auto& [split, columns] = made.profiles[i];
    html += std::string("<details") + (i == 0 ? " open" : "") + "><summary>columns of <code>" +
            Safe(split, 60) + "</code></summary>\n" + ProfileFigures(columns, made.label) +
            "</details>\n";
  }
  return html;
}

}  // namespace

std::string RunPageHtml(const RunPage& page) {
  const RunRecord& record = page.record;
  std::string html = Head(page) + Tiles(page) + Attention(record);
  if (const std::string graph = GraphChart(record); !graph.empty()) {
    html += "<section>\n<h2>Graph</h2>\n<div class=\"wide\">" + graph + "</div>\n</section>\n";
  }
  html += Timeline(record) + ChecksTable(record) + Refused(page);
  if (!page.made.empty()) html += "<h2>Versions</h2>\n";
  for (const MadeVersion& made : page.made) html += VersionHtml(made);
  if (!record.nodes.empty()) html += NodesTable(record);
  return html + "</body>\n</html>\n";
}

}  // namespace assay::run
