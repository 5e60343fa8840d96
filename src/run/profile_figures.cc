#include "run/profile_figures.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "contract/amount_text.h"
#include "contract/html_text.h"
#include "contract/number_text.h"

namespace assay::run {
namespace {

using contract::CutText;
using contract::EscapeHtml;
using contract::GroupedText;

constexpr std::size_t kMostColumns = 60;
constexpr std::size_t kFewValues = 10;

std::string Number(const char* form, double value) {
  char text[32];
  std::snprintf(text, sizeof text, form, value);
  return text;
}

std::string PercentText(std::int64_t part, std::int64_t all) {
  if (all <= 0) return "–";
  return Number("%.3g", 100 * static_cast<double>(part) / static_cast<double>(all)) + " %";
}

std::string Rectangle(double x, double y, double width, double height, const std::string& title) {
  return "<rect class=\"data\" x=\"" + Number("%.1f", x) + "\" y=\"" + Number("%.1f", y) +
         "\" width=\"" + Number("%.1f", width) + "\" height=\"" + Number("%.1f", height) +
         "\"><title>" + EscapeHtml(title) + "</title></rect>";
}

std::string Shown(const std::optional<stats::ShownValue>& value, std::size_t most) {
  if (!value) return "";
  const std::string text = contract::RoundedNumber(value->text, 5);
  return CutText(text, most) + (value->cut && text.size() <= most ? "…" : "");
}

// The borders of a bin where least and greatest value are numbers; else its place.
std::string BinText(const stats::ColumnProfile& column, std::size_t bin) {
  const std::string& low = column.min->text;
  const std::string& high = column.max->text;
  const auto bins = static_cast<double>(column.histogram.size());
  if (!contract::IsNumber(low) || !contract::IsNumber(high)) {
    return "part " + std::to_string(bin + 1) + " of " + std::to_string(column.histogram.size());
  }
  const double from = std::strtod(low.c_str(), nullptr), to = std::strtod(high.c_str(), nullptr);
  const double width = (to - from) / bins;
  return Number("%.5g", from + width * static_cast<double>(bin)) + " to " +
         Number("%.5g", from + width * static_cast<double>(bin + 1));
}

std::string Upright(const stats::ColumnProfile& column) {
  constexpr double kWidth = 300, kHeight = 80;
  const auto& bins = column.histogram;
  const std::int64_t most = *std::max_element(bins.begin(), bins.end());
  if (most <= 0 || !column.min || !column.max) return "";
  const double step = kWidth / static_cast<double>(bins.size());
  std::string svg = "<svg viewBox=\"0 0 300 98\" role=\"img\" aria-label=\"histogram\">";
  for (std::size_t i = 0; i < bins.size(); ++i) {
    // What is there can be seen, however little it is.
    const double height =
        bins[i] == 0
            ? 0
            : std::max(1.0, kHeight * static_cast<double>(bins[i]) / static_cast<double>(most));
    svg += Rectangle(
        step * static_cast<double>(i) + 0.5, kHeight - height, step - 1, height,
        BinText(column, i) + ": " + contract::RowsText(static_cast<std::uint64_t>(bins[i])));
  }
  return svg +
         "<line class=\"axis\" x1=\"0\" x2=\"300\" y1=\"80\" y2=\"80\"/><text x=\"0\" y=\"94\">" +
         EscapeHtml(Shown(column.min, 24)) +
         "</text><text x=\"300\" y=\"94\" text-anchor=\"end\">" +
         EscapeHtml(Shown(column.max, 24)) + "</text></svg>";
}

std::string Lying(const stats::ColumnProfile& column) {
  constexpr double kLeft = 116, kWidth = 120, kStep = 16;
  const std::size_t shown = std::min(column.top.size(), kFewValues);
  std::int64_t most = 1, counted = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    most = std::max(most, column.top[i].second);
    counted += column.top[i].second;
  }
  const std::int64_t valid = column.rows - column.nulls;
  const std::int64_t rest = valid - counted;
  const double height = kStep * static_cast<double>(shown + (rest > 0 ? 1 : 0)) + 2;
  std::string svg = "<svg viewBox=\"0 0 300 " + Number("%.0f", height) +
                    "\" role=\"img\" aria-label=\"most frequent values\">";
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [value, rows] = column.top[i];
    const double y = kStep * static_cast<double>(i);
    const std::string text = value.text.empty() ? "(empty)" : CutText(value.text, 17);
    svg += "<text x=\"110\" y=\"" + Number("%.0f", y + 12) + "\" text-anchor=\"end\">" +
           EscapeHtml(text) + "</text>";
    const double width = kWidth * static_cast<double>(rows) / static_cast<double>(most);
    svg += Rectangle(kLeft, y + 3, std::max(width, 1.0), 11,
                     value.text + (value.cut ? "…" : "") + ": " +
                         contract::RowsText(static_cast<std::uint64_t>(rows)));
    svg += "<text x=\"" + Number("%.1f", kLeft + width + 5) + "\" y=\"" + Number("%.0f", y + 12) +
           "\">" + EscapeHtml(PercentText(rows, valid)) + "</text>";
  }
  if (rest > 0) {
    const double y = kStep * static_cast<double>(shown) + 12;
    svg += "<text x=\"110\" y=\"" + Number("%.0f", y) +
           "\" text-anchor=\"end\">all others</text><text x=\"116\" y=\"" + Number("%.0f", y) +
           "\">" + EscapeHtml(PercentText(rest, valid)) + "</text>";
  }
  return svg + "</svg>";
}

std::string QuantileOf(const stats::ColumnProfile& column, const std::string& share) {
  for (const auto& [name, value] : column.quantiles) {
    if (name == share) return value;
  }
  return "";
}

std::string Words(const stats::ColumnProfile& column) {
  std::string words = GroupedText(static_cast<std::uint64_t>(column.distinct)) + " distinct, " +
                      PercentText(column.nulls, column.rows) + " null";
  if (const std::string median = QuantileOf(column, "0.5"); !median.empty()) {
    words += ", median " + CutText(contract::RoundedNumber(median, 5), 24);
  }
  if (column.mean) words += ", mean " + contract::RoundedNumber(*column.mean, 5);
  if (column.stddev) words += ", deviation " + contract::RoundedNumber(*column.stddev, 4);
  return words;
}

std::string Picture(const stats::ColumnProfile& column) {
  const bool few = !column.top.empty() && column.top.size() <= kFewValues;
  if (!few && !column.histogram.empty()) return Upright(column);
  // Values that are each their own have bars that tell nothing.
  if (column.top.empty() || (column.distinct == column.rows && column.distinct > 1)) return "";
  return Lying(column);
}

}  // namespace

std::string ProfileFigures(const std::vector<stats::ColumnProfile>& columns,
                           const std::string& label) {
  std::string html = "<div class=\"columns\">\n";
  for (std::size_t i = 0; i < columns.size() && i < kMostColumns; ++i) {
    const stats::ColumnProfile& column = columns[i];
    html += "<figure><figcaption><code>" + EscapeHtml(CutText(column.name, 80)) + "</code> " +
            EscapeHtml(CutText(column.type, 60)) + (column.name == label ? " (label)" : "") +
            "<br><span class=\"soft\">" + EscapeHtml(Words(column)) + "</span></figcaption>" +
            Picture(column) + "</figure>\n";
  }
  html += "</div>\n";
  if (columns.size() > kMostColumns) {
    html += "<p class=\"soft\">" + GroupedText(columns.size() - kMostColumns) +
            " more columns are in the profile: <code>assay dataset show</code></p>\n";
  }
  return html;
}

}  // namespace assay::run
