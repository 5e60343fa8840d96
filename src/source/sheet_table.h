/// The table that stands in a sheet: where its header and its rows are, what its columns are
/// called.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/sheet_rows.h"

namespace assay::source {

/// Rows of a number, or those up to one whose first value looks like a pattern.
struct SheetMark {
  std::int64_t rows = 0;
  std::string pattern;  ///< `*` stands for any characters; empty: `rows` counts
};

struct SheetLayout {
  std::optional<CellRange> range;
  SheetMark skip;                ///< rows before the header, within the range
  SheetMark drop_footer;         ///< rows with a value, at the end
  bool ends_at_blank = false;    ///< the table ends at the first row without a value
  std::int64_t header_row = 0;   ///< as the program numbers it; 0: the first with a value
  std::int64_t header_rows = 1;  ///< 0: there is no header
  std::int64_t first_row = 0;    ///< of the data; 0: the one below the header
  std::string header_separator = " ";
  bool fills_header = false;  ///< upper rows of the header are filled to the right
  bool refuses_repeated_names = false;
  bool keeps_blank_rows = false;  ///< between others
  bool fills_merged = false;      ///< all cells of merged ones have the value of the first
};

/// Whether a text is what a pattern says; `*` in it stands for any characters.
bool IsLike(std::string_view text, std::string_view pattern);

struct SheetColumn {
  std::uint32_t column = 0;  ///< in the sheet
  std::string name;
};

struct SheetTable {
  std::vector<SheetColumn> columns;
  std::int64_t first_row = 1;
  std::int64_t last_row = 0;      ///< none is before `first_row`
  std::vector<CellRange> merged;  ///< where they are to be filled

  bool is_empty() const { return columns.empty(); }
};

/// Rows of a table, in order; cells of other columns are among them.
class SheetTableRows {
 public:
  static Result<std::unique_ptr<SheetTableRows>> Open(const std::shared_ptr<const Workbook>& book,
                                                      const WorkbookSheet& sheet,
                                                      const SheetTable& table,
                                                      const SheetLayout& layout);
  /// The next row; false behind the last. What the row points to lives until the next call.
  Result<bool> Next(SheetRow& row);

 private:
  SheetTableRows(const SheetTable& table, const SheetLayout& layout)
      : table_(table), layout_(layout) {}

  Status Fill(SheetRow& row);

  const SheetTable& table_;
  const SheetLayout& layout_;
  std::unique_ptr<SheetRows> rows_;
  std::string where_;
  SheetRow waiting_;
  bool is_waiting_ = false;
  std::int64_t next_row_ = 0;  // behind the last one; 0: there was none
  std::vector<std::pair<const CellRange*, SheetCell>> open_;  // merged cells that go on below
  std::size_t begun_ = 0;                                     // of `merged`, by their first row
};

/// Finds the table in a sheet, in one pass over it, or two where merged cells are to be filled.
/// A sheet without a value has an empty one. `look` is told of each of the table's rows.
Result<SheetTable> FindSheetTable(const std::shared_ptr<const Workbook>& book,
                                  const WorkbookSheet& sheet, const SheetLayout& layout,
                                  const std::function<void(const SheetRow&)>& look);

}  // namespace assay::source
