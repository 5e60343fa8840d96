/// Rows that code outside the engine makes, for queries to read. All cells are text. Knows no
/// format.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::engine {

/// One reading of a table, from its first row to its last.
class TextRows {
 public:
  using Cells = std::vector<std::optional<std::string_view>>;

  virtual ~TextRows() = default;
  /// Puts the next row into `cells`, which has one for each column: valid UTF-8, or null. What they
  /// point to lives until the next call. False behind the last row.
  virtual Result<bool> Next(Cells& cells) = 0;
};

struct TextTable {
  std::vector<std::string> columns;
  /// Begins a reading; several may go on at once. Called on threads of the engine.
  std::function<Result<std::unique_ptr<TextRows>>()> open;
};

}  // namespace assay::engine
