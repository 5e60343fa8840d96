/// Rows whose cells are texts with names, as code of ours finds them in files: what the kinds
/// `xml`, `html` and `email` share. They differ in where a row stands in a file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/type.h"
#include "source/source.h"

namespace assay::source {

struct NamedCell {
  std::string name;
  std::optional<std::string> text;  ///< valid UTF-8 without a zero character
};

struct NamedRow {
  std::int64_t line = 0;
  std::string column, reason;    ///< why it is refused, and for which column; both empty as a rule
  std::string text;              ///< what a person is shown of it where it is refused
  std::vector<NamedCell> cells;  ///< names differ; none where it is refused
};

/// The rows of one file, in their order.
class CellRows {
 public:
  virtual ~CellRows() = default;
  /// False behind the last.
  virtual Result<bool> Next(NamedRow& row) = 0;
};

struct CellTable {
  std::function<Result<std::unique_ptr<CellRows>>(const SourceFile& file)> open;
  /// Columns that are there whatever the rows have, in order; others follow as rows bring them.
  /// Without a type it is detected.
  struct Column {
    std::string name;
    std::optional<Type> type{};
  };
  std::vector<Column> columns{};
  std::string row_word;  ///< what has the columns: `element`, `table`
  std::string hint;      ///< what to look at where no row could be read
  /// Where no file has a row, and where a column of `columns` has no value in any: the error; null:
  /// it is none.
  std::function<Error()> no_rows{};
  std::function<Error(const std::string& column)> no_values{};
};

/// `files`, and behind what is the kind's own `nulls`, `columns` and `file_column`.
std::vector<contract::Param> CellParams(std::vector<contract::Param> own);
/// What is said of types, nulls and refused rows, as a paragraph for the reference.
std::string CellsHelp();

/// Reads all rows twice: once for the columns and their types, and, when the query runs, for the
/// rows. A row with a value that its column's declared type would bend is refused.
Result<SourceRead> ReadCellRows(const SourceContext& context, CellTable cells);

}  // namespace assay::source
