#include "source/laid_out_table.h"

#include <algorithm>

#include "contract/mapping.h"
#include "contract/utf8.h"

namespace assay::source {
namespace {

bool IsBlankCell(std::string_view cell) { return contract::Trim(cell).empty(); }

template <typename Cells>
bool AreBlank(const Cells& cells) {
  return std::all_of(cells.begin(), cells.end(),
                     [](const auto& cell) { return IsBlankCell(cell); });
}

// A row fits a pattern as it stands in the file, or by its first cell with a value.
bool Fits(const CellRow& row, const std::string& pattern) {
  if (MatchesPattern(contract::Trim(row.text), pattern)) return true;
  for (const std::string_view cell : row.cells) {
    if (!IsBlankCell(cell)) return MatchesPattern(contract::Trim(cell), pattern);
  }
  return false;
}

std::size_t CellsUpToLastText(const std::vector<std::string>& cells) {
  std::size_t count = cells.size();
  while (count > 0 && IsBlankCell(cells[count - 1])) --count;
  return count;
}

}  // namespace

std::string MadeNamesText(const SourceFile& file, const std::vector<std::string>& names) {
  return "columns of " + file.location + " without a name of their own are called " +
         contract::Join(names);
}

bool LaidOutTable::KeptRow::is_blank() const { return AreBlank(cells); }

LaidOutTable::KeptRow LaidOutTable::Keep(const CellRow& row) {
  KeptRow kept;
  kept.line = row.line;
  kept.text = row.text;
  kept.fault = row.fault;
  kept.cells.assign(row.cells.begin(), row.cells.end());
  return kept;
}

void LaidOutTable::Show(const KeptRow& kept, CellRow& row) {
  row.line = kept.line;
  row.text = kept.text;
  row.fault = kept.fault;
  row.cells.assign(kept.cells.begin(), kept.cells.end());
}

Result<bool> LaidOutTable::NextOfFile(CellRow& row) {
  if (!first_) return reader_->Next(row);
  shown_first_ = *std::move(first_);
  first_.reset();
  Show(shown_first_, row);
  return true;
}

Result<bool> LaidOutTable::NextKept(KeptRow& row) {
  CellRow read;
  TRY_ASSIGN(const bool there, NextOfFile(read));
  if (there) row = Keep(read);
  return there;
}

Result<std::unique_ptr<LaidOutTable>> LaidOutTable::Open(const SourceFile& file,
                                                         const TextLayout& layout) {
  TRY_ASSIGN(auto reader, CellReader::Open(file, layout));
  std::unique_ptr<LaidOutTable> table(new LaidOutTable(file, layout, std::move(reader)));
  TRY(table->GoToHeader());
  TRY(layout.header_rows > 0 ? table->ReadHeader() : table->TakeWithoutHeader());
  TRY(table->SettleNames());
  return table;
}

Status LaidOutTable::GoToHeader() {
  for (std::int64_t i = 0; i < layout_.skip.rows; ++i) {
    TRY_ASSIGN(const bool there, reader_->SkipLine());
    if (there) continue;
    return Error{ErrorCode::kData,
                 file_.location + " has no more than " + std::to_string(i) + " lines, and `skip` " +
                     "passes over " + std::to_string(layout_.skip.rows),
                 "look at what stands before the header"};
  }
  CellRow row;
  while (!layout_.skip.pattern.empty()) {
    TRY_ASSIGN(const bool there, NextOfFile(row));
    if (!there) {
      return Error{ErrorCode::kData,
                   file_.location + " has no row that `skip` could end at: " + layout_.skip.pattern,
                   "write how the header's row begins, as \"Year,*\""};
    }
    if (!Fits(row, layout_.skip.pattern)) continue;
    first_ = Keep(row);
    break;
  }
  if (!layout_.table_title.empty()) return GoBelowTitle();
  return layout_.table_header.empty() ? Status() : GoToNamedHeader();
}

Status LaidOutTable::GoBelowTitle() {
  CellRow row;
  for (;;) {
    TRY_ASSIGN(const bool there, NextOfFile(row));
    if (there && Fits(row, layout_.table_title)) return {};
    if (there) continue;
    return Error{ErrorCode::kData,
                 file_.location + " has no table of this title: " + layout_.table_title,
                 "`*` stands for any characters, as in \"Table 2*\""};
  }
}

Status LaidOutTable::GoToNamedHeader() {
  const std::vector<std::string>& names = layout_.table_header;
  CellRow row;
  for (;;) {
    TRY_ASSIGN(const bool there, NextOfFile(row));
    if (!there) {
      return Error{ErrorCode::kData,
                   file_.location + " has no row that begins with the names of `table_header`: " +
                       contract::Join(names),
                   "write the first names of the table's header as they stand in the file"};
    }
    const bool is_header = row.cells.size() >= names.size() &&
                           std::equal(names.begin(), names.end(), row.cells.begin(),
                                      [](const std::string& name, std::string_view cell) {
                                        return contract::Trim(name) == contract::Trim(cell);
                                      });
    if (!is_header) continue;
    first_ = Keep(row);
    return {};
  }
}

Status LaidOutTable::CheckHeaderText(const KeptRow& row) const {
  const auto wrong = [&](const std::string& what) {
    return Error{ErrorCode::kData,
                 file_.location + ":" + std::to_string(row.line) + ": the header " + what,
                 "declare the `encoding` that the file is of, or `detect`"};
  };
  if (const auto invalid = contract::FindInvalidUtf8(row.text)) {
    return wrong("is not UTF-8: it has the byte " +
                 std::to_string(static_cast<unsigned char>(row.text[*invalid])) + " as character " +
                 std::to_string(contract::LineColumnOf(row.text, *invalid).column));
  }
  if (row.text.find('\0') != std::string::npos) return wrong("has zero bytes");
  return {};
}

Status LaidOutTable::ReadHeader() {
  std::vector<std::vector<std::string>> header;
  while (header.size() < layout_.header_rows) {
    KeptRow row;
    TRY_ASSIGN(const bool there, NextKept(row));
    if (!there) {
      return Error{ErrorCode::kData, file_.location + " ends before its header does",
                   "look at `skip` and `header_rows`"};
    }
    if (row.is_blank()) continue;
    TRY(CheckHeaderText(row));
    if (!row.fault.empty()) {
      return Error{
          ErrorCode::kData,
          file_.location + ":" + std::to_string(row.line) + ": the header has " + row.fault,
          "look at the `quote` and the `delimiter`"};
    }
    header.push_back(std::move(row.cells));
  }
  for (const auto& row : header) width_ = std::max(width_, row.size());
  // Below another, wider table the rows have cells that none of its own names.
  if (!layout_.table_title.empty() || !layout_.table_header.empty()) {
    width_ = 0;
    for (const auto& row : header) width_ = std::max(width_, CellsUpToLastText(row));
  }
  for (auto& row : header) {
    row.resize(width_);
    if (!layout_.trims) continue;
    for (std::string& cell : row) cell = contract::Trim(cell);
  }
  if (layout_.unpivot.empty()) {
    header_ = JoinedHeader(header, layout_.header_separator);
  } else {
    TRY_ASSIGN(header_, LongHeader(header, layout_.unpivot, file_.location));
  }
  return {};
}

Status LaidOutTable::TakeWithoutHeader() {
  for (;;) {
    KeptRow row;
    TRY_ASSIGN(const bool there, NextKept(row));
    if (!there) {
      return Error{ErrorCode::kData, file_.location + " has no rows, so its columns are missing",
                   "write it again, or take it away"};
    }
    if (row.is_blank()) continue;
    width_ = layout_.names.empty() ? row.cells.size() : layout_.names.size();
    if (!layout_.starts.empty()) width_ = layout_.starts.size();
    first_ = std::move(row);
    break;
  }
  header_ = WithoutHeader(width_);
  return {};
}

Status LaidOutTable::SettleNames() {
  std::vector<std::string>& names = header_.names;
  if (!layout_.names.empty()) {
    if (layout_.names.size() != names.size()) {
      return Error{ErrorCode::kData,
                   file_.location + " has " + std::to_string(names.size()) +
                       " columns, and `names` names " + std::to_string(layout_.names.size()),
                   "name each column"};
    }
    names = layout_.names;
  }
  const bool has_names = layout_.header_rows > 0 || !layout_.names.empty();
  const std::vector<std::string> given = names;
  const std::vector<std::size_t> made = MakeDistinct(names);
  if (!has_names || made.empty()) return {};
  if (layout_.refuses_repeated_names) {
    const std::string& name = given[made[0]];
    return Error{ErrorCode::kData,
                 file_.location + (IsBlankCell(name)
                                       ? " has no name for column " + std::to_string(made[0] + 1)
                                       : " names two columns " + name),
                 "name all columns in `names`, or leave `repeated_names: refuse` out"};
  }
  for (const std::size_t place : made) made_names_.push_back(names[place]);
  return {};
}

bool LaidOutTable::EndsTable(const CellRow& row) const {
  if (layout_.ends_at_blank() && AreBlank(row.cells)) return true;
  return !layout_.drop_footer.pattern.empty() && Fits(row, layout_.drop_footer.pattern);
}

// Puts the next row of the table into `row_`.
Result<bool> LaidOutTable::NextOfTable() {
  const auto footer = static_cast<std::size_t>(layout_.drop_footer.rows);
  while (!at_end_) {
    TRY_ASSIGN(const bool there, NextOfFile(row_));
    if (!there || EndsTable(row_)) {
      at_end_ = true;
      break;
    }
    const bool is_blank_line =
        row_.cells.empty() || (row_.cells.size() == 1 && width_ > 1 && AreBlank(row_.cells));
    if (is_blank_line && row_.fault.empty()) continue;
    if (footer > 0) {
      held_back_.push_back(Keep(row_));
      if (held_back_.size() <= footer) continue;
      shown_kept_ = std::move(held_back_.front());
      held_back_.pop_front();
      Show(shown_kept_, row_);
    }
    if (layout_.drops_blank_rows && AreBlank(row_.cells)) continue;
    return true;
  }
  return false;
}

// What is wrong with `row_`; a short or a long one is mended where that is declared.
void LaidOutTable::Judge() {
  std::vector<std::string_view>& cells = row_.cells;
  if (!row_.fault.empty()) return;
  if (const auto invalid = contract::FindInvalidUtf8(row_.text)) {
    row_.fault = "not UTF-8: the byte " +
                 std::to_string(static_cast<unsigned char>(row_.text[*invalid])) +
                 " as character " +
                 std::to_string(contract::CountCharacters(row_.text.substr(0, *invalid)) + 1);
    return;
  }
  if (row_.text.find('\0') != std::string_view::npos) {
    row_.fault = "no text: a zero byte";
    return;
  }
  const auto count = [&] {
    return std::to_string(cells.size()) + (cells.size() == 1 ? " cell where " : " cells where ") +
           std::to_string(width_) + " are named";
  };
  if (cells.size() < width_ && !layout_.pads_short_rows) row_.fault = count();
  if (cells.size() <= width_) return;
  const auto surplus = cells.begin() + static_cast<std::ptrdiff_t>(width_);
  const bool names_are_fewer = !layout_.table_title.empty() || !layout_.table_header.empty();
  const bool drops_empty = layout_.long_rows == LongRows::kDropEmpty || names_are_fewer;
  if (drops_empty && std::all_of(surplus, cells.end(), IsBlankCell)) {
    cells.resize(width_);
  } else if (layout_.long_rows == LongRows::kJoin && width_ > 0) {
    joined_ = cells[width_ - 1];
    for (auto cell = surplus; cell != cells.end(); ++cell) {
      joined_ += layout_.delimiter;
      joined_ += *cell;
    }
    cells.resize(width_);
    cells.back() = joined_;
  } else {
    row_.fault = count();
  }
}

void LaidOutTable::PutCells(LaidOutRow& row) const {
  const HeaderPart& part = header_.parts[next_part_];
  row.cells.assign(header_.names.size(), std::nullopt);
  for (std::size_t i = 0; i < header_.names.size(); ++i) {
    const std::size_t place = part.places[i];
    if (place == kNowhere) {
      if (!part.texts[i].empty()) row.cells[i] = part.texts[i];
    } else if (place < row_.cells.size()) {
      row.cells[i] = row_.cells[place];
    }
  }
}

Result<bool> LaidOutTable::Next(LaidOutRow& row) {
  if (next_part_ == 0 || next_part_ == header_.parts.size()) {
    next_part_ = 0;
    TRY_ASSIGN(const bool there, NextOfTable());
    if (!there) return false;
    Judge();
  }
  row.line = row_.line;
  row.text = row_.text;
  row.fault = row_.fault;
  row.cells.clear();
  if (row_.fault.empty()) {
    PutCells(row);
    ++next_part_;
  } else {
    next_part_ = header_.parts.size();
  }
  return true;
}

}  // namespace assay::source
