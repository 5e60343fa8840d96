/// The rows of a text file as cells, one at a time: cells between delimiters (RFC 4180), or at
/// places in the line. Knows no header and no types.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "source/text_layout.h"

namespace assay::source {

/// A row as it stands in the file. What it points to lives until the next one is read.
struct CellRow {
  std::int64_t line = 0;                ///< on which it begins, from 1
  std::string_view text;                ///< without the line end
  std::vector<std::string_view> cells;  ///< none: the line is blank
  std::string fault;                    ///< why it is no row; empty: it is one
};

class CellReader {
 public:
  CellReader() = default;
  CellReader(const CellReader&) = delete;
  CellReader& operator=(const CellReader&) = delete;
  virtual ~CellReader() = default;

  /// The next row; false behind the last. Lines that are comments are left out.
  virtual Result<bool> Next(CellRow& row) = 0;
  /// Passes over a line, whatever stands in it; false behind the last.
  virtual Result<bool> SkipLine() = 0;

  /// A reader by the layout, whose delimiter and encoding are none that are to be detected.
  static Result<std::unique_ptr<CellReader>> Open(const SourceFile& file, const TextLayout& layout);
};

/// What most rows of the beginning of the file are cut alike by: a comma, a semicolon, a tab or a
/// bar. An error where none of them cuts.
Result<std::string> DetectDelimiter(const SourceFile& file, const TextLayout& layout);

/// The error of a file that ends within a quote, naming the line on which that begins; nothing
/// where it is closed, or the file has another fault.
Status CheckQuotesAreClosed(const SourceFile& file, const TextLayout& layout);

}  // namespace assay::source
