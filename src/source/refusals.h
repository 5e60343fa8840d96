/// Rows that code of our own finds in files, good ones and refused ones in one table of text: what
/// the kinds `jsonl`, `json` and `text` share.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/source.h"

namespace assay::source {

/// The first columns of such a table; those of the data follow.
inline constexpr std::array kPlaceColumns = {"file", "line", "column", "reason", "text"};

/// Where a row stands, and why it is refused where it is.
struct RowPlace {
  std::size_t file = 0;  ///< number among the source's files
  std::int64_t line = 0;
  std::string column;
  std::string reason;  ///< empty: it is not refused
};

/// A column of the data: its name, what makes it of the text cells, and which cells do not fit.
struct FoundColumn {
  std::string name;
  std::string sql;       ///< over the columns of the table, which is called `found`
  std::string misfit{};  ///< a condition, never null; empty: all fit
  std::string reason{};  ///< SQL of the reason for those that do not
};

/// Where and why, as the first cells of a row. What they point to lives as long as this does.
class PlaceCells {
 public:
  /// `text` is what a person is shown of a refused row.
  void Put(const RowPlace& place, std::string_view text, engine::TextRows::Cells& cells);

 private:
  std::string file_, line_, shown_;
};

/// What is kept of the text of a refused row: all up to 1 MiB, in valid UTF-8, with bytes that are
/// none as `\xHH`.
std::string ShownText(std::string_view text);

/// How the rows of `table`, an expression with `kPlaceColumns`, are read. `file_column` names a
/// column with the path of each row's file, or is empty. `all_good`: no row of it is refused.
SourceRead ReadFoundRows(const SourceContext& context, const std::string& table,
                         const std::vector<FoundColumn>& columns, const std::string& file_column,
                         bool all_good);

}  // namespace assay::source
