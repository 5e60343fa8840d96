#include "cli/profile_text.h"

#include <algorithm>
#include <cstdio>

#include "cli/grid_text.h"
#include "contract/amount_text.h"
#include "contract/number_text.h"
#include "contract/utf8.h"

namespace assay::cli {
namespace {

using stats::ColumnProfile;

constexpr std::size_t kWidestValue = 24;
// Of numbers with so few values each is told; of others the histogram.
constexpr std::size_t kFewValues = 10;

std::string ShareOfRows(std::uint64_t part, std::uint64_t all) {
  if (part == 0) return "-";
  if (part == all) return "100 %";
  const double percent = 100 * static_cast<double>(part) / static_cast<double>(all);
  char text[32];
  std::snprintf(text, sizeof text, percent < 0.1 ? "<0.1 %%" : "%.1f %%", percent);
  return part < all && percent > 99.9 ? ">99.9 %" : text;
}

std::string ShortValue(const std::string& value) {
  return CellText(contract::CutText(contract::RoundedNumber(value, 5), kWidestValue));
}

// As a person can tell it from the next: its ends may be white space.
std::string TopValue(const std::string& value) {
  if (value.empty()) return "(empty)";
  const std::string text = ShortValue(value);
  return text.starts_with(" ") || text.ends_with(" ") ? "'" + text + "'" : text;
}

std::string QuantileCell(const ColumnProfile& column, const char* share) {
  for (const auto& [name, value] : column.quantiles) {
    if (name == share) return ShortValue(value);
  }
  return "";
}

std::string ValuesCell(const ColumnProfile& column, std::size_t most_values) {
  const bool few = !column.top.empty() && column.top.size() <= kFewValues;
  if (!few && !column.histogram.empty()) return "|" + Sparkline(column.histogram) + "|";
  // Values that come up once each are none that a person wants to see.
  if (column.top.empty() || column.top.front().second == 1) return "";
  std::string text;
  for (std::size_t i = 0; i < std::min(most_values, column.top.size()); ++i) {
    const auto& [value, rows] = column.top[i];
    text += (i == 0 ? "" : ", ") + TopValue(value.text) + " " +
            ShareOfRows(static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(column.rows));
  }
  const bool more =
      static_cast<std::int64_t>(std::min(most_values, column.top.size())) < column.distinct;
  return text + (more && !text.empty() ? ", …" : "");
}

std::string HeadText(const Terminal& terminal, const run::Look& look) {
  std::string text = terminal.Paint(contract::Printable(look.name), Tone::kBold, false) + ": " +
                     Rows(look.rows) + ", " + Grouped(look.all_columns) +
                     (look.all_columns == 1 ? " column, " : " columns, ") + Bytes(look.bytes);
  if (look.columns.size() < look.all_columns) {
    text += "; " + Grouped(look.columns.size()) + " of them here";
  }
  for (std::size_t i = 0; i < look.splits.size(); ++i) {
    text += (i == 0 ? "\nsplits: " : ", ") + CellText(look.splits[i].first) + " " +
            Rows(look.splits[i].second);
  }
  return text;
}

std::string SuspiciousText(const Terminal& terminal, const run::Look& look) {
  const auto& found = look.suspicions.found;
  std::string text = terminal.Paint("Suspicious", Tone::kBold, false);
  if (found.empty()) text += ": nothing was found";
  TextTable table({"COLUMN", "WHAT", "WHY"});
  for (const stats::Suspicion& suspicion : found) {
    table.Add({suspicion.columns.empty() ? "(rows)" : CellText(suspicion.columns.front()),
               terminal.Paint(stats::SuspicionName(suspicion.kind), Tone::kWarning, false),
               suspicion.message});
  }
  if (!found.empty()) text += "\n" + table.Text("  ");
  if (look.suspicions.pairs_left_out > 0) {
    text += "\n  " + Grouped(look.suspicions.pairs_left_out) +
            " pairs of columns were not compared: there are too many";
  }
  return text;
}

std::string ColumnsGrid(const Terminal& terminal, const run::Look& look, std::size_t most_values) {
  TextTable table({"COLUMN", "TYPE", "NULLS", "DISTINCT", "VALUES"}, {2, 3});
  for (const ColumnProfile& column : look.columns) {
    table.Add({CellText(column.name) + (column.name == look.label ? " (label)" : ""),
               CellText(column.type),
               ShareOfRows(static_cast<std::uint64_t>(column.nulls),
                           static_cast<std::uint64_t>(column.rows)),
               Grouped(static_cast<std::uint64_t>(column.distinct)),
               ValuesCell(column, most_values)});
  }
  return terminal.Paint("Columns", Tone::kBold, false) + "\n" + table.Text("  ");
}

std::string RangesGrid(const Terminal& terminal, const run::Look& look) {
  TextTable table({"COLUMN", "MIN", "25 %", "MEDIAN", "75 %", "MAX", "MEAN", "STDEV"},
                  {1, 2, 3, 4, 5, 6, 7});
  bool any = false;
  for (const ColumnProfile& column : look.columns) {
    if (!column.min && !column.max) continue;
    any = true;
    const auto shown = [](const std::optional<stats::ShownValue>& value) {
      return value ? ShortValue(value->text) : "";
    };
    table.Add({CellText(column.name), shown(column.min), QuantileCell(column, "0.25"),
               QuantileCell(column, "0.5"), QuantileCell(column, "0.75"), shown(column.max),
               column.mean ? contract::RoundedNumber(*column.mean, 5) : "",
               column.stddev ? contract::RoundedNumber(*column.stddev, 4) : ""});
  }
  return any ? terminal.Paint("Ranges", Tone::kBold, false) + "\n" + table.Text("  ") : "";
}

std::string ClassesGrid(const Terminal& terminal, const run::Look& look) {
  if (look.classes.classes.empty()) return "";
  std::vector<std::string> header = {"CLASS"};
  std::vector<std::size_t> right;
  for (const auto& [split, rows] : look.splits) {
    header.push_back(CellText(split));
    header.emplace_back("");
    right.push_back(header.size() - 2);
    right.push_back(header.size() - 1);
  }
  TextTable table(std::move(header), std::move(right));
  for (const auto& [value, rows] : look.classes.classes) {
    std::vector<std::string> cells = {value ? ShortValue(*value) : "null"};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      cells.push_back(Grouped(rows[i]));
      cells.push_back(ShareOfRows(rows[i], look.splits[i].second));
    }
    table.Add(std::move(cells));
  }
  return terminal.Paint("Label `" + CellText(look.label) + "`", Tone::kBold, false) + "\n" +
         table.Text("  ");
}

}  // namespace

std::string Sparkline(const std::vector<std::int64_t>& bins) {
  constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::int64_t kHeights = 8;
  const std::int64_t most = bins.empty() ? 0 : *std::max_element(bins.begin(), bins.end());
  std::string text;
  for (const std::int64_t rows : bins) {
    // The part of the greatest in eighths, rounded up.
    const double part = most == 0 ? 0 : static_cast<double>(rows) / static_cast<double>(most);
    const auto height = static_cast<std::int64_t>(part * kHeights + 0.999999);
    text += rows <= 0 ? " " : kBars[std::clamp<std::int64_t>(height, 1, kHeights) - 1];
  }
  return text;
}

std::string LookText(const Terminal& terminal, const run::Look& look, std::size_t most_values) {
  std::string text = HeadText(terminal, look) + "\n\n" + ColumnsGrid(terminal, look, most_values);
  for (const std::string& part :
       {RangesGrid(terminal, look), ClassesGrid(terminal, look), SuspiciousText(terminal, look)}) {
    if (!part.empty()) text += "\n\n" + part;
  }
  return text;
}

}  // namespace assay::cli
