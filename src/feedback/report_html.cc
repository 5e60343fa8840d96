#include "feedback/report_html.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

#include "contract/html_text.h"

namespace assay::feedback {
namespace {

using contract::EscapeHtml;

constexpr auto kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --line: #2563ab; --weak: #8884; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .45rem; text-align: right; border-bottom: 1px solid var(--weak); }
th:first-child, td:first-child { text-align: left; white-space: nowrap; }
.wide { overflow-x: auto; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; }
figcaption { font-size: .85rem; }
svg text { font-size: 10px; fill: currentColor; }
.axis { stroke: currentColor; stroke-width: 1; opacity: .5; }
.ideal { stroke: currentColor; stroke-dasharray: 3 3; opacity: .5; }
.curve { fill: none; stroke: var(--line); stroke-width: 2; }
.dot { fill: var(--line); }
</style>
)html";

std::string Format(const char* form, double value) {
  char text[64];
  std::snprintf(text, sizeof text, form, value);
  return text;
}

std::string Number(const std::optional<double>& value) {
  return value ? Format("%.4f", *value) : "–";
}

std::string Percent(const std::optional<double>& value) {
  return value ? Format("%.1f %%", *value * 100) : "–";
}

std::string Element(const std::string& name, std::string_view text) {
  return "<" + name + ">" + EscapeHtml(text) + "</" + name + ">";
}

// Where a share or a score from 0 to 1 stands in a plot.
struct Frame {
  double left = 44, top = 10, width = 220, height = 220;

  double X(double share) const { return left + share * width; }
  double Y(double share) const { return top + (1 - share) * height; }
};

std::string Point(double x, double y) { return Format("%.1f", x) + "," + Format("%.1f", y); }

std::string Line(const char* style, double x1, double y1, double x2, double y2) {
  return std::string("<line class=\"") + style + "\" x1=\"" + Format("%.1f", x1) + "\" y1=\"" +
         Format("%.1f", y1) + "\" x2=\"" + Format("%.1f", x2) + "\" y2=\"" + Format("%.1f", y2) +
         "\"/>";
}

std::string Label(double x, double y, const char* anchor, const std::string& text) {
  return "<text x=\"" + Format("%.1f", x) + "\" y=\"" + Format("%.1f", y) + "\" text-anchor=\"" +
         anchor + "\">" + EscapeHtml(text) + "</text>";
}

std::string Dot(double x, double y, double radius, const std::string& title) {
  return "<circle class=\"dot\" cx=\"" + Format("%.1f", x) + "\" cy=\"" + Format("%.1f", y) +
         "\" r=\"" + Format("%.1f", radius) + "\"><title>" + EscapeHtml(title) +
         "</title></circle>";
}

std::string Svg(double width, double height, const std::string& title, const std::string& body) {
  return "<svg role=\"img\" width=\"" + Format("%.0f", width) + "\" height=\"" +
         Format("%.0f", height) + "\" aria-label=\"" + EscapeHtml(title) + "\">" + body + "</svg>";
}

std::string CalibrationPlot(const Quality& quality) {
  const Frame frame;
  const double right = frame.X(1);
  const double bottom = frame.Y(0);
  std::string body = Line("axis", frame.left, bottom, right, bottom) +
                     Line("axis", frame.left, frame.top, frame.left, bottom) +
                     Line("ideal", frame.left, bottom, right, frame.top);
  for (const double tick : {0.0, 0.5, 1.0}) {
    body += Label(frame.X(tick), bottom + 14, "middle", Format("%.1f", tick));
    body += Label(frame.left - 6, frame.Y(tick) + 3, "end", Format("%.1f", tick));
  }
  std::string points;
  std::string dots;
  std::uint64_t most = 1;
  for (const CalibrationBin& bin : quality.bins) most = std::max(most, bin.rows);
  for (const CalibrationBin& bin : quality.bins) {
    if (bin.rows == 0) continue;
    const double x = frame.X(bin.mean_score);
    const double y = frame.Y(bin.positive_share);
    points += (points.empty() ? "" : " ") + Point(x, y);
    const double share = static_cast<double>(bin.rows) / static_cast<double>(most);
    dots += Dot(x, y, 2.5 + 3.5 * share,
                std::to_string(bin.rows) + " rows, mean score " + Number(bin.mean_score) +
                    ", positive " + Percent(bin.positive_share));
  }
  body += "<polyline class=\"curve\" points=\"" + points + "\"/>" + dots;
  const std::string title = "Share of positives by mean score, in ten bins";
  return "<figure>" + Svg(right + 16, bottom + 24, title, body) + "<figcaption>" + title +
         "; the dashed line is perfect calibration</figcaption></figure>";
}

// One metric over the windows, between its least and its greatest value.
struct Series {
  std::string title;
  std::vector<std::string> windows;
  std::vector<std::optional<double>> values;
};

std::string SeriesChart(const Series& series) {
  Frame frame;
  frame.left = 52;
  frame.width = 240;
  frame.height = 80;
  double low = 0;
  double high = 0;
  bool any = false;
  for (const auto& value : series.values) {
    if (!value) continue;
    low = any ? std::min(low, *value) : *value;
    high = any ? std::max(high, *value) : *value;
    any = true;
  }
  if (!any) return "";
  const double span = high > low ? high - low : 1;
  const double steps = std::max<double>(1, static_cast<double>(series.values.size()) - 1);
  const double bottom = frame.Y(0);
  std::string body = Line("axis", frame.left, bottom, frame.X(1), bottom) +
                     Label(frame.left - 6, bottom + 3, "end", Number(low)) +
                     Label(frame.left, bottom + 16, "start", series.windows.front());
  if (high > low) body += Label(frame.left - 6, frame.top + 6, "end", Number(high));
  if (series.windows.size() > 1) {
    body += Label(frame.X(1), bottom + 16, "end", series.windows.back());
  }
  std::string points;
  std::string dots;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    if (!series.values[i]) continue;
    const double x = frame.X(static_cast<double>(i) / steps);
    const double y = frame.Y((*series.values[i] - low) / span);
    points += (points.empty() ? "" : " ") + Point(x, y);
    dots += Dot(x, y, 2.5, series.windows[i] + ": " + Number(series.values[i]));
  }
  body += "<polyline class=\"curve\" points=\"" + points + "\"/>" + dots;
  return "<figure>" + Svg(frame.X(1) + 12, bottom + 24, series.title, body) + "<figcaption>" +
         EscapeHtml(series.title) + "</figcaption></figure>\n";
}

std::string Charts(const Report& report) {
  Series positive{"share of positives", {}, {}};
  for (const Quality& quality : report.windows) {
    positive.windows.push_back(quality.window);
    positive.values.push_back(quality.positive_share);
  }
  std::string charts = SeriesChart(positive);
  for (const MetricInfo& metric : AllMetrics()) {
    Series series{
        metric.title + (metric.higher_is_better ? " (higher is better)" : " (lower is better)"),
        positive.windows,
        {}};
    for (const Quality& quality : report.windows) {
      series.values.push_back(quality.metrics.Of(metric.name));
    }
    charts += SeriesChart(series);
  }
  return "<div class=\"charts\">\n" + charts + "</div>\n";
}

// A value, and which way it moved.
std::string MetricCell(const MetricInfo& metric, const Quality& quality) {
  const auto now = quality.metrics.Of(metric.name);
  const auto before = quality.metrics_before.Of(metric.name);
  std::string text = Number(now);
  if (now && before) text += " " + std::string(ChangeText(metric, *before, *now));
  return Element("td", text);
}

std::string Row(const Quality& quality, const std::string& first) {
  std::string row = "<tr>" + first;
  for (const std::uint64_t count : {quality.rows, quality.joined, quality.waiting}) {
    row += Element("td", std::to_string(count));
  }
  row += Element("td", Percent(quality.positive_share));
  for (const MetricInfo& metric : AllMetrics()) row += MetricCell(metric, quality);
  return row + "</tr>\n";
}

std::string TableHead(const std::vector<std::string>& first) {
  std::string head = "<div class=\"wide\"><table>\n<tr>";
  for (const std::string& name : first) head += Element("th", name);
  for (const char* const name : {"rows", "joined", "waiting", "positive"}) {
    head += Element("th", name);
  }
  for (const MetricInfo& metric : AllMetrics()) head += Element("th", metric.title);
  return head + "</tr>\n";
}

std::string Windows(const Report& report) {
  std::string table = TableHead({report.by});
  for (const Quality& quality : report.windows) {
    table += Row(quality, Element("td", quality.window));
  }
  return table + Row(report.all, Element("td", "all")) + "</table></div>\n";
}

std::string Slices(const SliceColumn& slice, const std::string& by) {
  std::string html = Element("h2", "By " + slice.column) + "\n" + TableHead({slice.column, by});
  for (const Quality& quality : slice.windows) {
    html += Row(quality, Element("td", quality.slice.empty() ? "(none)" : quality.slice) +
                             Element("td", quality.window));
  }
  return html + "</table></div>\n";
}

std::string Classes(const Report& report) {
  std::string table = "<h2>Classes</h2>\n<table>\n<tr>";
  for (const char* const name : {"class", "predicted", "came", "hits", "precision", "recall"}) {
    table += Element("th", name);
  }
  table += "</tr>\n";
  for (const ClassRow& row : report.all.classes) {
    table += "<tr>" + Element("td", row.name);
    for (const std::uint64_t count : {row.predicted, row.came, row.hits}) {
      table += Element("td", std::to_string(count));
    }
    table += Element("td", Number(row.precision)) + Element("td", Number(row.recall)) + "</tr>\n";
  }
  return table + "</table>\n";
}

std::string Counts(const Report& report) {
  std::string text =
      std::to_string(report.predictions) + " predictions (" + std::to_string(report.repeated) +
      " repeated, " + std::to_string(report.conflicts) + " in conflict left out), " +
      std::to_string(report.outcomes) + " outcomes (" + std::to_string(report.corrected) +
      " corrected, " + std::to_string(report.all.early) + " early, " +
      std::to_string(report.unmatched) + " unmatched). Times are UTC.";
  return Element("p", text) + "\n";
}

}  // namespace

std::string ReportHtml(const Report& report) {
  const std::string title = "Feedback of " + report.stream;
  std::string html = kHead + Element("title", title) + "\n</head>\n<body>\n" +
                     Element("h1", title) + "\n" + Counts(report);
  if (!report.model.empty()) html += Element("p", "Of model " + report.model + " only.") + "\n";
  if (!report.as_of.empty()) html += Element("p", "Up to " + report.as_of + ".") + "\n";
  for (const std::string& note : report.notes) html += Element("p", "Note: " + note) + "\n";
  html += Windows(report) + Charts(report);
  if (report.all.scored > 0) {
    html += "<h2>Calibration</h2>\n" + CalibrationPlot(report.all) + "\n";
  }
  for (const SliceColumn& slice : report.slices) html += Slices(slice, report.by);
  if (report.all.joined > 0) html += Classes(report);
  return html + "</body>\n</html>\n";
}

}  // namespace assay::feedback
