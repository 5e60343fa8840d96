#include "run/run_charts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <set>

#include "contract/amount_text.h"
#include "contract/html_text.h"
#include "run/graph_layout.h"
#include "run/run_log.h"

namespace assay::run {
namespace {

using contract::CutText;
using contract::EscapeHtml;
using contract::GroupedText;
using contract::RowsText;
using contract::SecondsText;

constexpr std::size_t kMostBars = 120;
// Of one picture, so that it is not cut on paper.
constexpr std::size_t kBarsTogether = 32;
// What a screen and a sheet of paper take without a loss.
constexpr double kPageWidth = 1160, kPageHeight = 1400;
// So much smaller a picture may be shown.
constexpr double kReadable = 1.2;

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string Attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + Number(value) + "\"";
}

std::string Text(const char* style, double x, double y, const std::string& text,
                 const char* anchor = "start") {
  return std::string("<text class=\"") + style + "\"" + Attribute("x", x) + Attribute("y", y) +
         " text-anchor=\"" + anchor + "\">" + EscapeHtml(text) + "</text>";
}

std::string Svg(double width, double height, const std::string& label, const std::string& body) {
  return "<svg role=\"img\" width=\"" + Number(width) + "\" height=\"" + Number(height) +
         "\" viewBox=\"0 0 " + Number(width) + " " + Number(height) + "\" aria-label=\"" +
         EscapeHtml(label) + "\"" + (width <= kPageWidth * 1.25 ? " class=\"fit\"" : "") + ">\n" +
         body + "</svg>\n";
}

// ---- the graph ----

struct Box {
  std::string name;
  const store::NodeRun* node = nullptr;  // null: not part of the run
  std::string kind;                      // of node, as people call it
};

// How much a box tells: its name; what became of it; its kind and rows.
struct BoxForm {
  double width = 0, height = 0;  // in pixels
  int lines = 1;
};
constexpr BoxForm kBoxForms[] = {{178, 56, 3}, {156, 36, 2}, {150, 20, 1}};

struct Drawn {
  std::vector<Box> boxes;  // in an order in which they could be computed
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  std::set<std::pair<std::size_t, std::size_t>> of_refused;
};

// `plausible` of `plausible.refused`: a node's own name has no dot, but that of a version that is
// read, `flights@v3.train`.
std::string NodeOfInput(const std::string& input) {
  return input.substr(0, input.find('@') == std::string::npos ? input.find('.') : input.size());
}

Drawn DrawnOf(const RunRecord& record) {
  Drawn drawn;
  std::map<std::string, std::size_t> places;
  std::vector<NodeDetail> details;
  for (const store::NodeRun& node : record.nodes) {
    details.push_back(DetailOf(node));
    places.emplace(node.node, 0);
  }
  for (const NodeDetail& detail : details) {
    for (const TableNote& input : detail.inputs) {
      const std::string name = NodeOfInput(input.name);
      if (places.contains(name)) continue;
      places[name] = drawn.boxes.size();
      drawn.boxes.push_back({name, nullptr, ""});
    }
  }
  for (std::size_t i = 0; i < record.nodes.size(); ++i) {
    const store::NodeRun& node = record.nodes[i];
    places[node.node] = drawn.boxes.size();
    const std::string& type = details[i].type;
    const bool says_more = !node.kind.empty() && node.kind != type;
    drawn.boxes.push_back(
        {node.node, &node, type + (says_more ? (type.empty() ? "" : " ") + node.kind : "")});
  }
  for (std::size_t i = 0; i < record.nodes.size(); ++i) {
    for (const TableNote& input : details[i].inputs) {
      const std::pair edge(places[NodeOfInput(input.name)], places[record.nodes[i].node]);
      drawn.edges.push_back(edge);
      if (input.name.ends_with(".refused")) drawn.of_refused.insert(edge);
    }
  }
  return drawn;
}

std::string RowsLine(const store::NodeRun& node) {
  if (node.status == "skipped" || node.status == "cancelled" || node.status == "fused") return "";
  std::string line = RowsText(node.rows_out);
  if (node.rows_refused > 0) line += ", " + GroupedText(node.rows_refused) + " refused";
  return line;
}

std::string TitleOf(const Box& box) {
  if (box.node == nullptr) return box.name + ": not part of this run";
  const store::NodeRun& node = *box.node;
  std::string title = box.name + " (" + box.kind + "): " + StandingOf(node).word;
  if (const std::string rows = RowsLine(node); !rows.empty()) title += ", " + rows;
  if (node.status == "ran") title += ", " + SecondsText(node.seconds);
  const std::string& why = node.error.empty() ? node.reason : node.error;
  return why.empty() ? title : title + "; " + CutText(why, 300);
}

std::string BoxSvg(const Box& box, double x, double y, const BoxForm& form) {
  const Standing standing =
      box.node == nullptr ? Standing{"idle absent", "", "not in this run"} : StandingOf(*box.node);
  std::string svg =
      "<g class=\"node " + standing.style + "\"><title>" + EscapeHtml(TitleOf(box)) + "</title>";
  const bool links = box.node != nullptr;
  if (links) svg += "<a href=\"#" + EscapeHtml(NodeAnchor(box.name)) + "\">";
  svg += "<rect rx=\"4\"" + Attribute("x", x) + Attribute("y", y) + Attribute("width", form.width) +
         Attribute("height", form.height) + "/>";
  const std::string said = (standing.sign.empty() ? "" : standing.sign + " ") + standing.word;
  const std::string rows = links ? RowsLine(*box.node) : "";
  if (form.lines > 1) {
    svg += "<rect class=\"mark\"" + Attribute("x", x) + Attribute("y", y) + " width=\"5\"" +
           Attribute("height", form.height) + "/>";
  }
  if (form.lines == 1) {
    svg += Text("tiny", x + 6, y + 14,
                (standing.sign.empty() ? "" : standing.sign + " ") + CutText(box.name, 20));
  } else if (form.lines == 2) {
    svg += Text("name", x + 12, y + 15, CutText(box.name, 16)) +
           Text("tiny", x + 12, y + 29, CutText(said + (rows.empty() ? "" : ", " + rows), 25));
  } else {
    const std::string kind = box.kind.empty() ? "" : " · " + box.kind;
    svg += Text("name", x + 13, y + 18, CutText(box.name, 20)) +
           Text("small", x + 13, y + 34, CutText(said + kind, 27)) +
           Text("small", x + 13, y + 48, CutText(rows, 28));
  }
  return svg + (links ? "</a></g>\n" : "</g>\n");
}

std::string PointText(const Point& point) { return Number(point.x) + " " + Number(point.y); }

// Straight through a layer that it passes, a curve from layer to layer, a head at the end.
std::string EdgeSvg(const PlacedEdge& edge, bool to_the_right, bool of_refused) {
  constexpr double kHead = 6;
  std::string path = "M" + PointText(edge.points[0]);
  for (std::size_t i = 1; i < edge.points.size(); ++i) {
    const Point& from = edge.points[i - 1];
    Point to = edge.points[i];
    if (i + 1 == edge.points.size()) (to_the_right ? to.x : to.y) -= kHead;
    if (i % 2 == 0) {
      path += "L" + PointText(to);
      continue;
    }
    const double half = (to_the_right ? to.x - from.x : to.y - from.y) / 2;
    const Point first = to_the_right ? Point{from.x + half, from.y} : Point{from.x, from.y + half};
    const Point second = to_the_right ? Point{to.x - half, to.y} : Point{to.x, to.y - half};
    path += "C" + PointText(first) + " " + PointText(second) + " " + PointText(to);
  }
  const Point tip = edge.points.back();
  const Point left =
      to_the_right ? Point{tip.x - kHead, tip.y - 4} : Point{tip.x - 4, tip.y - kHead};
  const Point right =
      to_the_right ? Point{tip.x - kHead, tip.y + 4} : Point{tip.x + 4, tip.y - kHead};
  return std::string("<path class=\"edge") + (of_refused ? " refused" : "") + "\" d=\"" + path +
         "\"/><path class=\"head\" d=\"M" + PointText(tip) + "L" + PointText(left) + "L" +
         PointText(right) + "Z\"/>\n";
}

struct Chosen {
  BoxForm form;
  LayoutRequest request;
  GraphLayout layout;
  double shrinking = 0;  // by how much it must, to be seen at once
};

Chosen Try(const Drawn& drawn, const BoxForm& form, bool to_the_right) {
  Chosen chosen{form, {}, {}, 0};
  LayoutRequest& request = chosen.request;
  request.nodes = drawn.boxes.size();
  request.edges = drawn.edges;
  request.width = form.width;
  request.height = form.height;
  request.to_the_right = to_the_right;
  request.between_layers = 32;
  request.within_layer = form.lines == 1 ? 6 : 12;
  const double room = to_the_right ? kPageHeight / (form.height + request.within_layer)
                                   : kPageWidth / (form.width + request.within_layer);
  request.most_in_layer = static_cast<std::size_t>(room);
  chosen.layout = LayOut(request);
  chosen.shrinking =
      std::max({chosen.layout.width / kPageWidth, chosen.layout.height / kPageHeight, 1.0});
  return chosen;
}

// The boxes that tell most and can still be read when all of it is seen at once, in columns rather
// than rows. What is too large for any is seen part by part, as small boxes in columns.
Chosen ChooseLayout(const Drawn& drawn) {
  for (const BoxForm& form : kBoxForms) {
    // Boxes alone would be too many.
    const double area = static_cast<double>(drawn.boxes.size()) * form.width * form.height;
    if (area > kPageWidth * kPageHeight * kReadable) continue;
    for (const bool to_the_right : {true, false}) {
      Chosen chosen = Try(drawn, form, to_the_right);
      if (chosen.shrinking <= kReadable) return chosen;
    }
  }
  return Try(drawn, kBoxForms[2], true);
}

// ---- the timeline ----

struct Row {
  const store::NodeRun* node = nullptr;
  std::optional<NodeSpan> span;
};

// 1, 2 or 5 times a power of ten, about eight of them in the whole.
double TickStep(double whole) {
  double step = std::pow(10, std::floor(std::log10(std::max(whole, 1e-3) / 8)));
  for (const double factor : {2.0, 2.5, 2.0}) {
    if (whole / step <= 9) break;
    step *= factor;
  }
  return step;
}

std::string TickText(double seconds, double step) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f s",
                step >= 1      ? 0
                : step >= 0.1  ? 1
                : step >= 0.01 ? 2
                               : 3,
                seconds);
  return text;
}

std::vector<Row> RowsOf(const RunRecord& record) {
  std::vector<Row> rows;
  rows.reserve(record.nodes.size());
  for (const store::NodeRun& node : record.nodes) rows.push_back({&node, SpanOf(node)});
  return rows;
}

// The longest ones of very many.
void KeepLongest(std::vector<Row>& rows) {
  if (rows.size() <= kMostBars) return;
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    const auto length = [](const Row& row) {
      return row.span ? row.span->end - row.span->begin : std::int64_t{-1};
    };
    return length(a) > length(b);
  });
  rows.resize(kMostBars);
}

// As they began; what did not run last, in the order of the graph.
void SortByBegin(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    const std::int64_t never = std::numeric_limits<std::int64_t>::max();
    return (a.span ? a.span->begin : never) < (b.span ? b.span->begin : never);
  });
}

std::string BarSvg(const Row& row, double y, double left, double right, std::int64_t begin,
                   double micros_wide) {
  const Standing standing = StandingOf(*row.node);
  std::string svg = Text("name", left - 8, y + 13, CutText(row.node->node, 24), "end");
  if (!row.span) {
    return svg + Text("small", left + 4, y + 13,
                      standing.sign + " " + standing.word +
                          (row.node->reason.empty() ? "" : ": " + CutText(row.node->reason, 90)));
  }
  const double scale = (right - left) / micros_wide;
  const double from = left + static_cast<double>(row.span->begin - begin) * scale;
  const double wide = std::max(2.0, static_cast<double>(row.span->end - row.span->begin) * scale);
  const int attempts = DetailOf(*row.node).attempts;
  std::string label = standing.sign + " " + standing.word + ", " + SecondsText(row.node->seconds);
  if (attempts > 1) label += ", attempt " + std::to_string(attempts);
  svg += "<rect class=\"bar " + standing.style + "\" rx=\"2\"" + Attribute("x", from) +
         Attribute("y", y + 3) + Attribute("width", wide) + " height=\"13\"><title>" +
         EscapeHtml(row.node->node + ": " + label) + "</title></rect>";
  // Behind the bar, or before it where there is no room.
  const double label_width = 6 * static_cast<double>(label.size());
  const bool behind = from + wide + 6 + label_width < right + 60;
  const bool before = !behind && from - 6 - label_width > left;
  if (behind) {
    svg += Text("small", from + wide + 5, y + 13, label);
  } else if (before) {
    svg += Text("small", from - 5, y + 13, label, "end");
  } else {
    svg += Text("small inside", from + 5, y + 13, label);
  }
  return svg;
}

// Some of the rows, under an axis of the whole run.
std::string BarsSvg(const std::vector<Row>& rows, std::int64_t begin, std::int64_t end) {
  constexpr double kLeft = 190, kRight = 1060, kStep = 20, kTop = 24;
  const double whole = std::max(static_cast<double>(end - begin), 1000.0);
  const double bottom = kTop + kStep * static_cast<double>(rows.size()) + 4;
  std::string body;
  const double step = TickStep(whole / 1e6);
  for (int i = 0; i * step <= whole / 1e6 * 1.0001; ++i) {
    const double x = kLeft + i * step * 1e6 / whole * (kRight - kLeft);
    body += "<line class=\"tick\"" + Attribute("x1", x) + Attribute("x2", x) +
            Attribute("y1", kTop - 4) + Attribute("y2", bottom) + "/>" +
            Text("small", x, kTop - 9, TickText(i * step, step), "middle");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    body +=
        BarSvg(rows[i], kTop + kStep * static_cast<double>(i), kLeft, kRight, begin, whole) + "\n";
  }
  return Svg(kRight + 100, bottom + 4, "When each node ran", body);
}

}  // namespace

Standing StandingOfVerdict(const std::string& verdict) {
  if (verdict == "pass") return {"good", "✓", "pass"};
  if (verdict == "warn") return {"note", "!", "warn"};
  if (verdict == "fail") return {"bad", "✗", "fail"};
  return {"idle", "", verdict};
}

Standing StandingOf(const store::NodeRun& node) {
  if (node.status == "failed") return {"bad", "✗", "failed"};
  if (node.verdict == "warn" || node.verdict == "fail") {
    Standing standing = StandingOfVerdict(node.verdict);
    standing.word = node.status == "ran" ? node.verdict : node.status + ", " + node.verdict;
    return standing;
  }
  if (node.status == "ran") return {"good", "✓", node.verdict.empty() ? "ran" : node.verdict};
  if (node.status == "cached") return {"cached", "=", "cached"};
  if (node.status == "fused") return {"cached", "→", "fused"};
  if (node.status == "skipped") return {"idle", "–", "skipped"};
  if (node.status == "cancelled") return {"idle", "■", "cancelled"};
  return {"idle", "?", node.status};
}

std::string NodeAnchor(const std::string& node) { return "node-" + node; }

std::string GraphChart(const RunRecord& record) {
  const Drawn drawn = DrawnOf(record);
  if (drawn.boxes.empty()) return "";
  const auto [form, request, layout, shrinking] = ChooseLayout(drawn);
  constexpr double kMargin = 6;
  std::string body =
      "<g transform=\"translate(" + Number(kMargin) + " " + Number(kMargin) + ")\">\n";
  for (const PlacedEdge& edge : layout.edges) {
    body += EdgeSvg(edge, request.to_the_right, drawn.of_refused.contains({edge.from, edge.to}));
  }
  for (std::size_t i = 0; i < drawn.boxes.size(); ++i) {
    body += BoxSvg(drawn.boxes[i], layout.nodes[i].x, layout.nodes[i].y, form);
  }
  return Svg(layout.width + 2 * kMargin, layout.height + 2 * kMargin,
             "The nodes of the run and what each reads", body + "</g>\n");
}

std::string TimelineChart(const RunRecord& record) {
  std::vector<Row> rows = RowsOf(record);
  std::int64_t begin = std::numeric_limits<std::int64_t>::max(), end = 0;
  for (const Row& row : rows) {
    if (!row.span) continue;
    begin = std::min(begin, row.span->begin);
    end = std::max(end, row.span->end);
  }
  if (end == 0) return "";
  const std::size_t all = rows.size();
  KeepLongest(rows);
  SortByBegin(rows);
  std::string chart;
  for (std::size_t first = 0; first < rows.size(); first += kBarsTogether) {
    const std::size_t last = std::min(first + kBarsTogether, rows.size());
    chart += BarsSvg({rows.begin() + static_cast<std::ptrdiff_t>(first),
                      rows.begin() + static_cast<std::ptrdiff_t>(last)},
                     begin, end);
  }
  if (all > rows.size()) {
    chart += "<p class=\"soft\">the " + GroupedText(rows.size()) + " that took longest of " +
             GroupedText(all) + " nodes</p>\n";
  }
  return chart;
}

std::size_t MostAtOnce(const RunRecord& record) {
  std::vector<std::pair<std::int64_t, int>> changes;
  for (const store::NodeRun& node : record.nodes) {
    const auto span = SpanOf(node);
    if (!span) continue;
    changes.emplace_back(span->begin, 1);
    changes.emplace_back(span->end, -1);
  }
  std::sort(changes.begin(), changes.end());  // of the same moment, ends first
  int now = 0, most = 0;
  for (const auto& [at, change] : changes) most = std::max(most, now += change);
  return static_cast<std::size_t>(most);
}

}  // namespace assay::run
