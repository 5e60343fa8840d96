/// One table of a text file as its layout says: its names, and its rows with a cell for each of
/// them. Cells are as they stand in the file.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/cell_reader.h"
#include "source/table_header.h"
#include "source/text_layout.h"

namespace assay::source {

/// A row of a table. What it points to lives until the next one is read.
struct LaidOutRow {
  std::int64_t line = 0;
  std::string_view text;
  std::vector<std::optional<std::string_view>> cells;  ///< as many as names; null: there is none
  std::string fault;                                   ///< why it is refused; empty: it is not
};

class LaidOutTable {
 public:
  /// Reads the file up to the first row of the table, whose header is read. An error where the
  /// table is not there or its names cannot be told. `layout` lives as long as this.
  static Result<std::unique_ptr<LaidOutTable>> Open(const SourceFile& file,
                                                    const TextLayout& layout);

  const std::vector<std::string>& names() const { return header_.names; }
  /// Names that were made, because one was repeated or missing.
  const std::vector<std::string>& made_names() const { return made_names_; }

  /// The next row; false behind the last.
  Result<bool> Next(LaidOutRow& row);

 private:
  struct KeptRow {
    std::int64_t line = 0;
    std::string text;
    std::vector<std::string> cells;
    std::string fault;

    bool is_blank() const;
  };
  LaidOutTable(const SourceFile& file, const TextLayout& layout, std::unique_ptr<CellReader> reader)
      : file_(file), layout_(layout), reader_(std::move(reader)) {}

  Status GoToHeader();
  Status GoBelowTitle();
  Status GoToNamedHeader();
  Status ReadHeader();
  Status TakeWithoutHeader();
  Status SettleNames();
  Status CheckHeaderText(const KeptRow& row) const;
  Result<bool> NextOfFile(CellRow& row);
  Result<bool> NextKept(KeptRow& row);
  Result<bool> NextOfTable();
  bool EndsTable(const CellRow& row) const;
  void Judge();
  void PutCells(LaidOutRow& row) const;
  static KeptRow Keep(const CellRow& row);
  static void Show(const KeptRow& kept, CellRow& row);

  SourceFile file_;
  const TextLayout& layout_;
  std::unique_ptr<CellReader> reader_;
  TableHeader header_;
  std::vector<std::string> made_names_;
  std::size_t width_ = 0;  // cells of a row of the file
  std::size_t next_part_ = 0;
  std::optional<KeptRow> first_;  // was read to see what it is, and is the next
  KeptRow shown_first_, shown_kept_;
  std::deque<KeptRow> held_back_;  // it may be the footer
  bool at_end_ = false;
  CellRow row_;
  std::string joined_;
};

/// What is told of names that were made.
std::string MadeNamesText(const SourceFile& file, const std::vector<std::string>& names);

}  // namespace assay::source
