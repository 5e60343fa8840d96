/// Rows that a case expects against those that came. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/type.h"
#include "contract/yaml.h"
#include "engine/engine.h"

namespace assay::run {

/// An expected row and the one that came in its place, as a person reads their values; one of the
/// two is missing where nothing came, or nothing was expected.
struct RowPair {
  std::optional<std::vector<std::string>> expected, got;
  std::vector<bool> differs;  ///< by column; empty where one is missing
};

struct RowDiff {
  std::vector<std::string> columns;
  std::vector<bool> numbers;   ///< by column: flush right
  std::vector<RowPair> pairs;  ///< that differ, in the order of the expected rows
  std::size_t expected_rows = 0, got_rows = 0;
  bool order_alone = false;  ///< the rows are the same, in another order

  bool empty() const { return pairs.empty(); }
};

/// How rows are compared.
struct Comparison {
  bool ordered = false;
  std::string tolerance;  ///< of numbers; empty: exactly
};

/// The value expected in each column of a row; nullptr where any will do.
using ExpectedRow = std::vector<const contract::YamlNode*>;

/// True when the value is the expected one: numbers by value, times by moment, text to the byte; a
/// number is no text. `got` is as `ReadCells` has it.
bool IsExpected(const contract::YamlNode& expected, const std::optional<std::string>& got,
                const Type& type, const std::string& tolerance = "");

/// `got` has the columns of the expected rows.
RowDiff CompareRows(const std::vector<ExpectedRow>& expected, const engine::Grid& got,
                    const Comparison& comparison);

}  // namespace assay::run
