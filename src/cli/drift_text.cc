#include "cli/drift_text.h"

#include <algorithm>

#include "cli/grid_text.h"
#include "monitor/drift_page.h"

namespace assay::cli {
namespace {

using monitor::ColumnDrift;

std::string VerdictCell(const Terminal& terminal, const ColumnDrift& column) {
  const Tone tone = column.drifted ? Tone::kBad : column.judged() ? Tone::kGood : Tone::kDim;
  return terminal.Paint(monitor::VerdictText(column), tone, false);
}

std::string SkewText(const Terminal& terminal, const Json& columns) {
  TextTable table({"COLUMN", "COMPARED", "DIFFERENT", "VERDICT", "EXAMPLE"}, {1, 2});
  for (const bool wanted : {true, false}) {  // those that differ first
    for (const Json& column : columns) {
      const auto different = column.value("different", std::uint64_t{0});
      if ((different > 0) != wanted) continue;
      table.Add({CellText(column.value("column", "")) +
                     (column.value("prepared", false) ? " (prepared)" : ""),
                 Grouped(column.value("compared", std::uint64_t{0})), Grouped(different),
                 terminal.Paint(different > 0 ? "skewed" : "same",
                                different > 0 ? Tone::kBad : Tone::kGood, false),
                 CellText(column.value("example", ""))});
    }
  }
  return table.Text("  ");
}

}  // namespace

std::string ColumnsText(const Terminal& terminal, const monitor::DriftReport& report,
                        bool judged_only) {
  std::vector<const ColumnDrift*> columns = monitor::ByImportance(report.columns);
  if (report.label) columns.insert(columns.begin(), &*report.label);
  std::stable_partition(columns.begin(), columns.end(),
                        [](const ColumnDrift* column) { return column->drifted; });
  TextTable table({"COLUMN", "KIND", "METHOD", "STATISTIC", "VERDICT", "FROM", "NOTE"});
  bool any = false;
  for (const ColumnDrift* column : columns) {
    if (judged_only && !column->judged()) continue;
    any = true;
    const bool is_label = report.label && column == &*report.label;
    table.Add({CellText(column->column) + (is_label ? " (label)" : ""),
               monitor::KindName(column->kind),
               column->method ? monitor::MethodName(*column->method) : "-",
               monitor::StatisticText(*column), VerdictCell(terminal, *column), column->from,
               column->note});
  }
  return any ? table.Text("  ") : "";
}

Result<std::string> JudgedText(const Terminal& terminal, const Json& body) {
  if (body.contains("kind")) {
    const Json columns = body.value("columns", Json::array());
    return columns.empty() ? std::string() : SkewText(terminal, columns);
  }
  TRY_ASSIGN(const monitor::DriftReport report, monitor::ParseDriftJson(body));
  return ColumnsText(terminal, report, true);
}

}  // namespace assay::cli
