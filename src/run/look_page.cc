#include "run/look_page.h"

#include <algorithm>
#include <cstdio>

#include "contract/amount_text.h"
#include "contract/html_text.h"
#include "contract/number_text.h"
#include "run/page_style.h"
#include "run/profile_figures.h"

namespace assay::run {
namespace {

using contract::CutText;
using contract::EscapeHtml;
using contract::GroupedText;
using stats::ColumnProfile;

constexpr std::size_t kMostPictures = 60;
constexpr std::size_t kLongestLookCell = 40;

std::string LookCell(const std::string& text, const char* style = "number",
                     std::size_t most = kLongestLookCell) {
  return std::string("<td class=\"") + style + "\">" + EscapeHtml(CutText(text, most)) + "</td>";
}

// A moment goes on in the next line behind its day.
std::string ValueCell(const std::string& text) {
  std::string cell = LookCell(text);
  constexpr std::size_t kDay = 10;
  if (text.size() <= kDay || text[4] != '-' || text[kDay] != ' ') return cell;
  return cell.replace(cell.find(' ', cell.find('>')), 1, "<br>");
}

std::string CodeCell(const std::string& name) {
  return "<td><code>" + EscapeHtml(CutText(name, 80)) + "</code></td>";
}

std::string PartText(std::uint64_t part, std::uint64_t all) {
  if (all == 0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %%",
                100 * static_cast<double>(part) / static_cast<double>(all));
  return text;
}

// A sentence whose values stand in backticks.
std::string SentenceHtml(const std::string& sentence) {
  std::string html;
  bool open = false;
  for (const char c : EscapeHtml(sentence)) {
    if (c != '`') {
      html.push_back(c);
      continue;
    }
    html += open ? "</code>" : "<code>";
    open = !open;
  }
  return open ? EscapeHtml(sentence) : html;
}

std::string SuspiciousHtml(const Look& look) {
  const stats::Suspicions& suspicions = look.suspicions;
  std::string html = "<h2>Suspicious</h2>\n";
  if (suspicions.found.empty()) html += "<p>Nothing was found.</p>\n";
  if (!suspicions.found.empty()) {
    html +=
        "<div class=\"wide\"><table>\n<thead><tr><th>column</th><th>what</th><th "
        "class=\"number\">rows</th><th>why</th></tr></thead>\n<tbody>\n";
  }
  for (const stats::Suspicion& suspicion : suspicions.found) {
    const std::string column = suspicion.columns.empty() ? "" : suspicion.columns.front();
    html += "<tr>" + (column.empty() ? "<td>whole rows</td>" : CodeCell(column)) +
            LookCell(stats::SuspicionName(suspicion.kind), "whole") +
            LookCell(GroupedText(static_cast<std::uint64_t>(suspicion.rows))) + "<td>" +
            SentenceHtml(suspicion.message) + "</td></tr>\n";
  }
  if (!suspicions.found.empty()) html += "</tbody>\n</table></div>\n";
  if (suspicions.pairs_left_out > 0) {
    html += "<p class=\"soft\">" + GroupedText(suspicions.pairs_left_out) +
            " pairs of columns were not compared: there are too many.</p>\n";
  }
  return html;
}

std::string LabelHtml(const Look& look) {
  if (look.classes.classes.empty()) return "";
  std::string html = "<h2>Label <code>" + EscapeHtml(CutText(look.label, 80)) +
                     "</code></h2>\n<div class=\"wide\"><table>\n<thead><tr><th>class</th>";
  for (const auto& [split, rows] : look.splits) {
    html += "<th class=\"number\">" + EscapeHtml(CutText(split, 60)) + "</th><th></th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& [value, rows] : look.classes.classes) {
    html += "<tr>" + (value ? CodeCell(*value) : std::string("<td class=\"soft\">null</td>"));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      html += LookCell(GroupedText(rows[i])) + LookCell(PartText(rows[i], look.splits[i].second));
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string QuantileText(const ColumnProfile& column, const char* share) {
  for (const auto& [name, value] : column.quantiles) {
    if (name == share) return contract::RoundedNumber(value, 5);
  }
  return "";
}

std::string ShownText(const std::optional<stats::ShownValue>& value) {
  if (!value) return "";
  return contract::RoundedNumber(value->text, 5) + (value->cut ? "…" : "");
}

std::string ColumnsTable(const Look& look) {
  std::string html =
      "<h2>Columns</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>column</th>"
      "<th>type</th><th class=\"number\">nulls</th><th class=\"number\">distinct</th>";
  for (const char* name :
       {"min", "5 %", "25 %", "median", "75 %", "95 %", "max", "mean", "stdev"}) {
    html += std::string("<th class=\"number\">") + name + "</th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const ColumnProfile& column : look.columns) {
    html += "<tr>" + CodeCell(column.name) + LookCell(column.type, "whole") +
            LookCell(PartText(static_cast<std::uint64_t>(column.nulls),
                              static_cast<std::uint64_t>(column.rows))) +
            LookCell(GroupedText(static_cast<std::uint64_t>(column.distinct))) +
            ValueCell(ShownText(column.min));
    for (const char* share : {"0.05", "0.25", "0.5", "0.75", "0.95"}) {
      html += ValueCell(QuantileText(column, share));
    }
    html += ValueCell(ShownText(column.max)) +
            LookCell(column.mean ? contract::RoundedNumber(*column.mean, 5) : "") +
            LookCell(column.stddev ? contract::RoundedNumber(*column.stddev, 4) : "") + "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string RefusedHtml(const Look& look) {
  if (look.refused == 0) return "";
  std::string html = "<h2>Rows that do not parse</h2>\n<p>" + contract::RowsText(look.refused) +
                     ", which no figure here counts; the first:</p>\n<div "
                     "class=\"wide\"><table>\n<thead><tr><th class=\"number\">line</th><th>column"
                     "</th><th>reason</th><th>text</th></tr></thead>\n<tbody>\n";
  for (const auto& row : look.first_refused.rows) {
    html += "<tr>" + LookCell(row.at(0).value_or("")) + LookCell(row.at(1).value_or(""), "whole") +
            LookCell(row.at(2).value_or(""), "long", 200) + "<td class=\"long\"><code>" +
            EscapeHtml(CutText(row.at(3).value_or(""), 200)) + "</code></td></tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string TilesHtml(const Look& look) {
  const auto tile = [](const std::string& number, const std::string& what) {
    return "<li><b>" + number + "</b> " + EscapeHtml(what) + "</li>\n";
  };
  std::string html = "<ul class=\"tiles\">\n" + tile(GroupedText(look.rows), "rows") +
                     tile(GroupedText(look.all_columns), "columns") +
                     tile(contract::BytesText(look.bytes), "stored") +
                     tile(GroupedText(look.suspicions.found.size()), "suspicious");
  if (look.refused > 0) html += tile(GroupedText(look.refused), "rows that do not parse");
  return html + "</ul>\n";
}

}  // namespace

std::string LookPage(const Look& look) {
  const std::string name = CutText(look.name, 200);
  std::string html =
      PageBegin("Profile: " + name) + "<h1>" + EscapeHtml(name) + "</h1>\n<p>" + look.what;
  for (std::size_t i = 0; i < look.splits.size(); ++i) {
    html += (i == 0 ? ": " : ", ") + EscapeHtml(CutText(look.splits[i].first, 60)) + " " +
            contract::RowsText(look.splits[i].second);
  }
  if (!look.label.empty()) {
    html += "; its label is <code>" + EscapeHtml(CutText(look.label, 80)) + "</code>";
  }
  if (look.columns.size() < look.all_columns) {
    html += "; " + GroupedText(look.columns.size()) + " of its " + GroupedText(look.all_columns) +
            " columns";
  }
  html += "</p>\n" + TilesHtml(look);
  if (!look.note.empty()) html += "<p>" + SentenceHtml(look.note) + "</p>\n";
  html += SuspiciousHtml(look) + LabelHtml(look) + RefusedHtml(look) + ColumnsTable(look) +
          "<h2>Distributions</h2>\n";
  const auto pictured = static_cast<std::ptrdiff_t>(std::min(look.columns.size(), kMostPictures));
  html += ProfileFigures({look.columns.begin(), look.columns.begin() + pictured}, look.label);
  if (look.columns.size() > kMostPictures) {
    html += "<p class=\"soft\">The first " + std::to_string(kMostPictures) +
            " columns have a picture; <code>--columns</code> chooses others.</p>\n";
  }
  return html + "</body>\n</html>\n";
}

}  // namespace assay::run
