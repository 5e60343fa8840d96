#include "monitor/drift_page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "contract/amount_text.h"
#include "contract/html_text.h"

namespace assay::monitor {
namespace {

using contract::CutText;
using contract::EscapeHtml;
using contract::GroupedText;

constexpr char kStyle[] = R"(
:root { --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --reference: #9aa7b4; --current: #1f5fa8; --drift: #a4161a; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: .85rem; }
td:first-child { min-width: 7.5rem; } td.whole { white-space: nowrap; } td.soft { min-width: 14rem; }
.wide { overflow-x: auto; }
td.number, th.number { text-align: right; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
.drifted { color: var(--drift); font-weight: 600; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; break-inside: avoid; }
figcaption { margin-bottom: .5rem; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.reference { fill: var(--reference); } .current { fill: var(--current); }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .3em; }
@media print { body { padding: 0; max-width: none; font-size: 11pt; }
  .wide { overflow-x: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)";

std::string Format(const char* format, double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, number);
  return buffer;
}

double ShareOf(std::uint64_t rows, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<double>(rows) / static_cast<double>(all);
}

struct Bar {
  std::string label;
  double reference = 0, current = 0;  // shares
};

std::vector<Bar> BarsOf(const ColumnDrift& column) {
  std::uint64_t reference = 0, current = 0;
  for (const DriftBin& bin : column.bins) {
    reference += bin.reference;
    current += bin.current;
  }
  std::vector<Bar> bars;
  bars.reserve(column.bins.size());
  for (const DriftBin& bin : column.bins) {
    bars.push_back({bin.label, ShareOf(bin.reference, reference), ShareOf(bin.current, current)});
  }
  return bars;
}

std::string Rectangle(const char* side, double x, double y, double width, double height,
                      const std::string& title) {
  return "<rect class=\"" + std::string(side) + "\" x=\"" + Format("%.1f", x) + "\" y=\"" +
         Format("%.1f", y) + "\" width=\"" + Format("%.1f", width) + "\" height=\"" +
         Format("%.1f", height) + "\"><title>" + EscapeHtml(title) + "</title></rect>";
}

std::string TitleOf(const Bar& bar, const char* side, double share) {
  return bar.label + ": " + Format("%.2f", share * 100) + " % (" + side + ")";
}

// Upright bars over an axis, for numbers.
std::string Upright(const std::vector<Bar>& bars, double greatest) {
  constexpr double kWidth = 300, kHeight = 110;
  const double step = kWidth / static_cast<double>(bars.size());
  std::string svg = "<svg viewBox=\"0 0 300 128\" role=\"img\">";
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double x = step * static_cast<double>(i), bar_width = std::min(step * 0.42, 24.0);
    const double reference = kHeight * bars[i].reference / greatest;
    const double current = kHeight * bars[i].current / greatest;
    svg += Rectangle("reference", x + step * 0.06, kHeight - reference, bar_width, reference,
                     TitleOf(bars[i], "reference", bars[i].reference));
    svg += Rectangle("current", x + step * 0.06 + bar_width, kHeight - current, bar_width, current,
                     TitleOf(bars[i], "current", bars[i].current));
  }
  svg +=
      "<line x1=\"0\" x2=\"300\" y1=\"110\" y2=\"110\" stroke=\"#59636e\"/><text x=\"0\" "
      "y=\"124\">" +
      EscapeHtml(bars.front().label.substr(0, bars.front().label.find(" to "))) +
      "</text><text x=\"300\" y=\"124\" text-anchor=\"end\">";
  const std::string& last = bars.back().label;
  const std::size_t to = last.find(" to ");
  return svg + EscapeHtml(to == std::string::npos ? last : last.substr(to + 4)) + "</text></svg>";
}

// Lying bars with their names, for categories.
std::string Lying(const std::vector<Bar>& bars, double greatest) {
  constexpr double kLeft = 110, kWidth = 185, kStep = 26;
  const double height = kStep * static_cast<double>(bars.size());
  std::string svg = "<svg viewBox=\"0 0 300 " + Format("%.0f", height) + "\" role=\"img\">";
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double y = kStep * static_cast<double>(i);
    svg += "<text x=\"104\" y=\"" + Format("%.0f", y + 15) + "\" text-anchor=\"end\">" +
           EscapeHtml(CutText(bars[i].label, 16)) + "</text>";
    svg += Rectangle("reference", kLeft, y + 2, kWidth * bars[i].reference / greatest, 10,
                     TitleOf(bars[i], "reference", bars[i].reference));
    svg += Rectangle("current", kLeft, y + 12, kWidth * bars[i].current / greatest, 10,
                     TitleOf(bars[i], "current", bars[i].current));
  }
  return svg + "</svg>";
}

std::string Histogram(const ColumnDrift& column) {
  const std::vector<Bar> bars = BarsOf(column);
  double greatest = 0;
  for (const Bar& bar : bars) greatest = std::max({greatest, bar.reference, bar.current});
  if (greatest == 0) return "";
  const bool is_number = column.kind == ColumnKind::kNumeric || column.kind == ColumnKind::kTime;
  return is_number ? Upright(bars, greatest) : Lying(bars, greatest);
}

std::string VerdictSpan(const ColumnDrift& column) {
  const std::string words = VerdictText(column);
  return column.drifted ? "<span class=\"drifted\">" + words + "</span>" : words;
}

std::string Row(const ColumnDrift& column, bool is_label) {
  const auto nulls = [](const SideCounts& counts) {
    return Format("%.2f", ShareOf(counts.nulls, counts.rows) * 100) + " %";
  };
  return "<tr><td><code>" + EscapeHtml(column.column) + "</code>" + (is_label ? " (label)" : "") +
         "</td><td>" + KindName(column.kind) + "</td><td>" +
         (column.method ? MethodName(*column.method) : "") + "</td><td class=\"whole\">" +
         EscapeHtml(StatisticText(column)) + "</td><td class=\"whole\">" + VerdictSpan(column) +
         "</td><td class=\"number\">" + nulls(column.reference) + "</td><td class=\"number\">" +
         nulls(column.current) + "</td><td>" + EscapeHtml(column.from) +
         "</td><td class=\"soft\">" + EscapeHtml(column.note) + "</td></tr>\n";
}

std::string Figure(const ColumnDrift& column) {
  // Values that are each their own have bars that nobody sees.
  if (column.kind == ColumnKind::kText && !column.judged()) return "";
  const std::string histogram = Histogram(column);
  if (histogram.empty()) return "";
  return "<figure><figcaption><code>" + EscapeHtml(column.column) + "</code> " +
         VerdictSpan(column) + "</figcaption>" + histogram + "</figure>\n";
}

std::string SchemaList(const DriftReport& report) {
  std::string list = "<ul>\n";
  for (const SchemaChange& change : report.schema) {
    list += "<li><code>" + EscapeHtml(change.column) + "</code>: ";
    if (change.before.empty()) {
      list += "added, " + EscapeHtml(change.after);
    } else if (change.after.empty()) {
      list += "removed, was " + EscapeHtml(change.before);
    } else {
      list += EscapeHtml(change.before) + " has become " + EscapeHtml(change.after);
    }
    list += "</li>\n";
  }
  return list + "</ul>\n";
}

std::string Verdict(const std::string& name, bool drifted, const std::string& detail) {
  return "<p><strong>" + name +
         "</strong>: " + (drifted ? "<span class=\"drifted\">drifted</span>" : "no") + ", " +
         EscapeHtml(detail) + "</p>\n";
}

// How many times its threshold a statistic is, whichever way is worse.
double Excess(const ColumnDrift& column) {
  if (!column.statistic) return column.drifted ? HUGE_VAL : -1;
  const double statistic = *column.statistic, threshold = column.threshold.value_or(0);
  const bool gives_p = column.method && GivesP(*column.method);
  const double above = gives_p ? threshold : statistic, below = gives_p ? statistic : threshold;
  return below == 0 ? HUGE_VAL : above / below;
}

}  // namespace

std::vector<const ColumnDrift*> ByImportance(const std::vector<ColumnDrift>& columns) {
  std::vector<const ColumnDrift*> ordered;
  ordered.reserve(columns.size());
  for (const ColumnDrift& column : columns) ordered.push_back(&column);
  std::stable_sort(ordered.begin(), ordered.end(), [](const ColumnDrift* a, const ColumnDrift* b) {
    if (a->drifted != b->drifted) return a->drifted;
    return Excess(*a) > Excess(*b);
  });
  return ordered;
}

std::string StatisticText(const ColumnDrift& column) {
  if (!column.statistic || !column.method) return "";
  const bool gives_p = GivesP(*column.method);
  const std::string threshold = Format("%.4g", column.threshold.value_or(0));
  std::string relation;
  if (gives_p) {
    const bool is_at_most = *column.method == DriftMethod::kKolmogorov;
    relation = column.drifted ? (is_at_most ? "at most " : "below ")
                              : (is_at_most ? "above " : "at least ");
  } else {
    relation = column.drifted ? "at least " : "below ";
  }
  return (gives_p ? "p " : "") + Format("%.4g", *column.statistic) + ", " + relation + threshold;
}

std::string VerdictText(const ColumnDrift& column) {
  if (column.drifted) return "drifted";
  return column.judged() ? "same" : "not judged";
}

std::string DriftPage(const DriftReport& report) {
  const std::string title = "Drift: " + report.reference + " to " + report.current;
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>" +
      EscapeHtml(title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<h1>" +
      EscapeHtml(title) + "</h1>\n";
  page += "<p class=\"soft\">" +
          (report.split.empty() ? std::string("all rows")
                                : "split <code>" + EscapeHtml(report.split) + "</code>") +
          "; <span class=\"key\"><svg viewBox=\"0 0 8 8\"><rect class=\"reference\" width=\"8\" "
          "height=\"8\"/></svg></span>reference <code>" +
          EscapeHtml(report.reference) + "</code>, " + GroupedText(report.reference_rows) +
          " rows; <span class=\"key\"><svg viewBox=\"0 0 8 8\"><rect class=\"current\" width=\"8\" "
          "height=\"8\"/></svg></span>current <code>" +
          EscapeHtml(report.current) + "</code>, " + GroupedText(report.current_rows) +
          " rows</p>\n";
  page += Verdict("data_drift", report.data_drift(),
                  std::to_string(report.drifted_columns()) + " of " +
                      std::to_string(report.judged_columns()) + " judged columns; drift from " +
                      Format("%.4g", report.drift_share * 100) + " % on");
  if (report.label) {
    page += Verdict("label_drift", report.label_drift(),
                    report.label->column + ": " + VerdictText(*report.label));
  }
  page += Verdict("schema_drift", report.schema_drift(),
                  std::to_string(report.schema.size()) + " changes");
  if (report.schema_drift()) page += SchemaList(report);
  page +=
      "<h2>Columns</h2>\n<div "
      "class=\"wide\"><table>\n<thead><tr><th>column</th><th>kind</th><th>method</th>"
      "<th>statistic</th><th>verdict</th><th class=\"number\">nulls, reference</th>"
      "<th class=\"number\">nulls, current</th><th>from</th><th>note</th></tr></thead>\n"
      "<tbody>\n";
  const std::vector<const ColumnDrift*> ordered = ByImportance(report.columns);
  if (report.label) page += Row(*report.label, true);
  for (const ColumnDrift* column : ordered) page += Row(*column, false);
  page += "</tbody>\n</table></div>\n<h2>Distributions</h2>\n<div class=\"columns\">\n";
  if (report.label) page += Figure(*report.label);
  for (const ColumnDrift* column : ordered) page += Figure(*column);
  return page + "</div>\n</body>\n</html>\n";
}

}  // namespace assay::monitor
