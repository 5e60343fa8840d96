/// For tests of kinds whose rows are traced, or must not depend on how their inputs lie.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "step/test_steps.h"

namespace assay::step {

class ShapeTest : public StepKindTest {
 protected:
  engine::Trace Traced(const std::string& kind, const Json& params) {
    std::vector<engine::TracedInput> traced;
    for (const StepInput& input : inputs) {
      traced.push_back({input.name, input.table, FieldNames(input.schema)});
    }
    const auto sql = StepSql(*FindStep(kind), {params, inputs});
    EXPECT_TRUE(sql.ok()) << (sql.ok() ? "" : sql.error().message);
    auto trace = engine->TraceRows(sql.ok() ? *sql : "SELECT 1", traced);
    EXPECT_TRUE(trace.ok()) << (trace.ok() ? "" : trace.error().message);
    return trace.ok() ? *std::move(trace) : engine::Trace{};
  }

  /// How many rows of the traced answer have a value in `column` that is not the number, in its
  /// file, of the row that the id of `source` leads to. Both null is right.
  std::string Misled(const engine::Trace& trace, std::size_t source, const std::string& column) {
    if (source >= trace.sources.size()) return "no such source: " + trace.reason;
    const auto grid = engine->Query(
        "SELECT count(*) FILTER (WHERE " + engine::QuoteName(trace.sources[source].column) +
        " IS DISTINCT FROM " + column + "), count(*) FROM (" + trace.query + ")");
    EXPECT_TRUE(grid.ok()) << (grid.ok() ? "" : grid.error().message);
    return grid.ok() ? *grid->rows[0][0] + " of " + *grid->rows[0][1] : "";
  }

  /// Error of running it, on one line.
  std::string Failure(const std::string& kind, const Json& params) {
    const auto sql = StepSql(*FindStep(kind), {params, inputs});
    EXPECT_TRUE(sql.ok()) << (sql.ok() ? "" : sql.error().message);
    const auto grid = engine->Query(*sql);
    return grid.ok() ? "" : grid.error().message;
  }

  static std::vector<Row> Sorted(std::vector<Row> rows) {
    std::sort(rows.begin(), rows.end());
    return rows;
  }
};

using Cell = std::optional<int>;

/// As SQL writes it.
inline std::string Literal(const Cell& cell) { return cell ? std::to_string(*cell) : "NULL"; }

/// As a grid has it.
inline std::optional<std::string> CellText(const Cell& cell) {
  return cell ? std::optional(std::to_string(*cell)) : std::nullopt;
}

/// `(1, NULL, 'a'), ...` of rows of SQL literals.
inline std::string Values(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const auto& row : rows) {
    text += text.empty() ? "(" : ", (";
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ", ") + row[i];
    text += ")";
  }
  return text;
}

}  // namespace assay::step
