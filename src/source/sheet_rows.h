/// The cells of a workbook's sheet, row by row, as values. Reads the sheet as a stream; knows no
/// header and no table.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/workbook.h"

namespace assay::source {

enum class SheetCellKind {
  kText,
  kNumber,  ///< `12`, `0.1`: a whole number has no point
  kTruth,   ///< `true`, `false`
  kDay,     ///< `2024-02-29`
  kTime,    ///< `12:30:00`
  kMoment,  ///< `2024-02-29 12:30:00`
  kFault,   ///< no value; the text is the reason
};

struct SheetCell {
  std::uint32_t column = 0;  ///< from 0
  SheetCellKind kind = SheetCellKind::kText;
  std::string own;            ///< its text,
  std::string_view shared{};  ///< or one that stands in the workbook

  std::string_view text() const { return shared.empty() ? std::string_view(own) : shared; }
};

struct SheetRow {
  std::int64_t number = 0;       ///< as the program shows it, from 1
  std::vector<SheetCell> cells;  ///< those that hold something, from left to right
};

/// Cells from one corner to the other, both among them.
struct CellRange {
  std::int64_t first_row = 1;
  std::int64_t last_row = 1;
  std::uint32_t first_column = 0;
  std::uint32_t last_column = 0;
};

inline constexpr std::int64_t kMostSheetRows = 1'048'576;
inline constexpr std::uint32_t kMostSheetColumns = 16'384;

/// `C7`.
std::string CellName(std::uint32_t column, std::int64_t row);
std::string ColumnLetters(std::uint32_t column);

/// `A3:F200`, `A:F` (all rows), `3:200` (all columns), one cell.
Result<CellRange> ParseCellRange(const std::string& text);

class SheetHandler;
class XmlPart;

class SheetRows {
 public:
  static Result<std::unique_ptr<SheetRows>> Open(std::shared_ptr<const Workbook> book,
                                                 const WorkbookSheet& sheet);
  ~SheetRows();

  /// The next row that is written in the file, also where it holds nothing; false behind the last.
  Result<bool> Next(SheetRow& row);
  /// Merged cells, known behind the last row.
  const std::vector<CellRange>& merged() const;

 private:
  SheetRows();

  std::unique_ptr<SheetHandler> handler_;
  std::unique_ptr<XmlPart> part_;
};

}  // namespace assay::source
