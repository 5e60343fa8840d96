#include "source/sheet_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/letter_case.h"
#include "base/white_space.h"

namespace assay::source {
namespace {

bool IsBlank(const SheetRow& row) { return row.cells.empty(); }

CellRange RangeOfLayout(const SheetLayout& layout) {
  return layout.range.value_or(CellRange{1, kMostSheetRows, 0, kMostSheetColumns - 1});
}

void KeepColumns(const CellRange& range, SheetRow& row) {
  std::erase_if(row.cells, [&](const SheetCell& cell) {
    return cell.column < range.first_column || cell.column > range.last_column;
  });
}

const SheetCell* CellAt(const SheetRow& row, std::uint32_t column) {
  const auto found = std::ranges::lower_bound(row.cells, column, {}, &SheetCell::column);
  return found != row.cells.end() && found->column == column ? &*found : nullptr;
}

// White space at the ends taken away, line ends and the like within made one blank.
std::string NameText(std::string_view text) {
  return std::string(TrimWhiteSpace(CollapseWhiteSpace(text)));
}

// Which rows of a sheet are the header, which the data. Takes row after row.
class TableBounds {
 public:
  TableBounds(const SheetLayout& layout, const std::function<void(const SheetRow&)>& look)
      : layout_(layout), look_(look), range_(RangeOfLayout(layout)) {
    at_first_ = range_.first_row + layout.skip.rows;
    if (layout.header_rows > 0 && layout.header_row > 0) FindHeaderAt(layout.header_row);
    if (layout.header_rows == 0) {
      is_header_found_ = layout.skip.pattern.empty();
      first_data_ = at_first_;
    }
  }

  void Take(SheetRow row) {
    KeepColumns(range_, row);
    if (row.number < at_first_ || row.number > range_.last_row || is_ended_) return;
    if (!IsBlank(row)) has_value_ = true;
    if (!is_header_found_) LookForHeader(row);
    if (!is_header_found_ || row.number < first_header_) return;
    if (layout_.header_rows > 0 && row.number <= last_header_) {
      header_.push_back(std::move(row));
      return;
    }
    if (row.number < FirstData() || IsBlank(row)) return;
    if (EndsBefore(row)) {
      is_ended_ = true;
      return;
    }
    last_taken_ = row.number;
    waiting_.push_back(std::move(row));
    if (std::ssize(waiting_) > layout_.drop_footer.rows) {
      look_(waiting_.front());
      NoteUsed(waiting_.front());
      last_data_ = waiting_.front().number;
      waiting_.pop_front();
    }
  }

  bool has_value() const { return has_value_; }
  bool is_found() const { return is_header_found_; }
  bool has_header() const {
    return is_header_found_ &&
           std::ranges::any_of(header_, [](const SheetRow& row) { return !IsBlank(row); });
  }
  const std::vector<SheetRow>& header() const { return header_; }
  std::int64_t first_header() const { return first_header_; }
  std::int64_t last_header() const { return last_header_; }
  const std::set<std::uint32_t>& used() const { return used_; }
  std::int64_t FirstData() const {
    if (layout_.first_row > 0) return std::max(layout_.first_row, range_.first_row);
    return layout_.header_rows == 0 ? first_data_ : last_header_ + 1;
  }
  std::int64_t last_data() const { return last_data_; }

 private:
  void FindHeaderAt(std::int64_t row) {
    is_header_found_ = true;
    first_header_ = row;
    last_header_ = row + layout_.header_rows - 1;
  }

  void LookForHeader(const SheetRow& row) {
    if (IsBlank(row)) return;
    const std::string& pattern = layout_.skip.pattern;
    if (!pattern.empty() && !IsLike(row.cells[0].text(), pattern)) return;
    FindHeaderAt(row.number);
    first_data_ = row.number;
  }

  bool EndsBefore(const SheetRow& row) const {
    const std::string& pattern = layout_.drop_footer.pattern;
    if (!pattern.empty() && IsLike(row.cells[0].text(), pattern)) return true;
    return layout_.ends_at_blank && last_taken_ > 0 && row.number > last_taken_ + 1;
  }

  void NoteUsed(const SheetRow& row) {
    for (const SheetCell& cell : row.cells) used_.insert(cell.column);
  }

  const SheetLayout& layout_;
  const std::function<void(const SheetRow&)>& look_;
  CellRange range_;
  std::int64_t at_first_ = 1;
  std::vector<SheetRow> header_;
  std::deque<SheetRow> waiting_;  // they may be the footer
  std::set<std::uint32_t> used_;
  std::int64_t first_header_ = 0, last_header_ = 0, first_data_ = 1, last_data_ = 0;
  std::int64_t last_taken_ = 0;
  bool is_header_found_ = false;
  bool is_ended_ = false;
  bool has_value_ = false;
};

// Names of columns out of the rows of a header.
class ColumnNames {
 public:
  ColumnNames(const SheetLayout& layout, const TableBounds& bounds,
              const std::vector<CellRange>& merged)
      : layout_(layout), bounds_(bounds), merged_(merged) {}

  /// Those of columns with a name or a value.
  std::vector<SheetColumn> Make() {
    std::set<std::uint32_t> columns = bounds_.used();
    for (const SheetRow& row : bounds_.header()) {
      for (const SheetCell& cell : row.cells) columns.insert(cell.column);
    }
    if (columns.empty()) return {};
    const std::uint32_t first = *columns.begin();
    const std::size_t width = *columns.rbegin() - first + std::size_t{1};
    const std::size_t digits = std::to_string(width - 1).size();
    std::vector<std::map<std::uint32_t, std::string>> rows;
    rows.reserve(bounds_.header().size());
    for (const SheetRow& row : bounds_.header()) rows.push_back(Texts(row, columns));
    std::vector<SheetColumn> named;
    named.reserve(columns.size());
    for (const std::uint32_t column : columns) {
      std::string name;
      const std::string* above = nullptr;
      for (const auto& texts : rows) {
        const auto text = texts.find(column);
        if (text == texts.end() || (above != nullptr && *above == text->second)) continue;
        name += (above == nullptr ? "" : layout_.header_separator) + text->second;
        above = &text->second;
      }
      if (name.empty()) {
        const std::string place = std::to_string(column - first);
        name = "column" + std::string(digits - place.size(), '0') + place;
        nameless_.push_back(column);
      }
      named.push_back({column, Distinct(std::move(name))});
    }
    return named;
  }

  const std::vector<std::string>& repeated() const { return repeated_; }
  const std::vector<std::uint32_t>& nameless() const { return nameless_; }

 private:
  // The texts of a row of the header, by column, with what is merged or filled to the right.
  std::map<std::uint32_t, std::string> Texts(const SheetRow& row,
                                             const std::set<std::uint32_t>& columns) const {
    std::map<std::uint32_t, std::string> texts;
    for (const SheetCell& cell : row.cells) {
      std::string name = NameText(cell.text());
      if (!name.empty()) texts[cell.column] = std::move(name);
    }
    for (const CellRange& range : merged_) {
      const auto first = texts.find(range.first_column);
      if (row.number != range.first_row || first == texts.end()) continue;
      for (auto column = columns.upper_bound(range.first_column);
           column != columns.end() && *column <= range.last_column; ++column) {
        texts[*column] = first->second;
      }
    }
    if (layout_.fills_header && row.number < bounds_.last_header()) {
      const std::string* last = nullptr;
      for (const std::uint32_t column : columns) {
        const auto text = texts.find(column);
        if (text != texts.end()) {
          last = &text->second;
        } else if (last != nullptr) {
          texts[column] = *last;
        }
      }
    }
    return texts;
  }

  // The name with a number behind it where it is there already, without regard to case.
  std::string Distinct(std::string name) {
    std::string lower = Lower(name);
    if (taken_.count(lower) > 0) repeated_.push_back(name);
    while (taken_.count(lower) > 0) {
      name += "_" + std::to_string(++taken_[lower]);
      lower = Lower(name);
    }
    taken_[lower] = 0;
    return name;
  }

  const SheetLayout& layout_;
  const TableBounds& bounds_;
  const std::vector<CellRange>& merged_;
  std::map<std::string, int> taken_;
  std::vector<std::string> repeated_;
  std::vector<std::uint32_t> nameless_;
};

std::string SheetText(const std::shared_ptr<const Workbook>& book, const WorkbookSheet& sheet) {
  return book->file().location + ": sheet " + sheet.name;
}

Status CheckHeader(const std::string& where, const SheetLayout& layout, const TableBounds& bounds) {
  if (layout.header_rows == 0 ? !bounds.is_found() : !bounds.has_header()) {
    const std::string row = layout.header_row > 0 ? std::to_string(layout.header_row) : "";
    const std::string& pattern = layout.skip.pattern;
    return Error{ErrorCode::kData,
                 where + " has no table: " +
                     (!row.empty()       ? "row " + row + " holds nothing"
                      : !pattern.empty() ? "no row begins with " + pattern
                                         : "no row holds anything where it should be"),
                 "look at `header_row`, `skip` and `range`"};
  }
  for (const SheetRow& row : bounds.header()) {
    for (const SheetCell& cell : row.cells) {
      if (cell.kind != SheetCellKind::kFault) continue;
      return Error{ErrorCode::kData,
                   where + ": the header has in cell " + CellName(cell.column, row.number) + " " +
                       std::string(cell.text()),
                   "mend the cell, or look at `header_row`, `skip` and `range`"};
    }
  }
  return {};
}

Status CheckNames(const std::string& where, const SheetLayout& layout, const ColumnNames& names) {
  if (!layout.refuses_repeated_names) return {};
  if (!names.repeated().empty()) {
    return Error{ErrorCode::kData,
                 where + " has a name of columns more than once: " + names.repeated()[0],
                 "rename one, or write `repeated_names: number`"};
  }
  if (!names.nameless().empty()) {
    return Error{ErrorCode::kData,
                 where + " has a column without a name: " + ColumnLetters(names.nameless()[0]),
                 "name it, or write `repeated_names: number`"};
  }
  return {};
}

}  // namespace

bool IsLike(std::string_view text, std::string_view pattern) {
  std::size_t in_text = 0, in_pattern = 0;
  std::size_t star = std::string_view::npos, behind_star = 0;
  while (in_text < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      behind_star = in_text;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[in_text]) {
      ++in_pattern;
      ++in_text;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      in_text = ++behind_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

Result<std::unique_ptr<SheetTableRows>> SheetTableRows::Open(
    const std::shared_ptr<const Workbook>& book, const WorkbookSheet& sheet,
    const SheetTable& table, const SheetLayout& layout) {
  std::unique_ptr<SheetTableRows> rows(new SheetTableRows(table, layout));
  TRY_ASSIGN(rows->rows_, SheetRows::Open(book, sheet));
  rows->where_ = SheetText(book, sheet);
  return rows;
}

Result<bool> SheetTableRows::Next(SheetRow& row) {
  while (!is_waiting_) {
    TRY_ASSIGN(const bool is_row, rows_->Next(waiting_));
    if (!is_row || waiting_.number > table_.last_row) return false;
    KeepColumns(RangeOfLayout(layout_), waiting_);
    const bool is_before = waiting_.number < table_.first_row;
    if (is_before) continue;
    // A row that is only written to be kept stays one without cells.
    if (IsBlank(waiting_)) continue;
    TRY(Fill(waiting_));
    is_waiting_ = true;
  }
  const bool is_gap = layout_.keeps_blank_rows && next_row_ > 0 && next_row_ < waiting_.number;
  if (is_gap) {
    row.number = next_row_++;
    row.cells.clear();
    return true;
  }
  next_row_ = waiting_.number + 1;
  row = std::move(waiting_);
  is_waiting_ = false;
  return true;
}

Status SheetTableRows::Fill(SheetRow& row) {
  if (table_.merged.empty()) return {};
  std::erase_if(open_, [&](const auto& one) { return one.first->last_row < row.number; });
  for (; begun_ < table_.merged.size() && table_.merged[begun_].first_row <= row.number; ++begun_) {
    const CellRange& range = table_.merged[begun_];
    const SheetCell* first =
        range.first_row == row.number ? CellAt(row, range.first_column) : nullptr;
    if (first != nullptr) open_.emplace_back(&range, *first);
  }
  if (open_.size() > kMostSheetColumns) {
    return Error{ErrorCode::kData, where_ + " has merged cells that overlap",
                 "open the file in a spreadsheet program and save it again"};
  }
  std::vector<SheetCell> more;
  for (const auto& [range, value] : open_) {
    auto column =
        std::ranges::lower_bound(table_.columns, range->first_column, {}, &SheetColumn::column);
    for (; column != table_.columns.end() && column->column <= range->last_column; ++column) {
      if (CellAt(row, column->column) != nullptr) continue;
      more.push_back(value);
      more.back().column = column->column;
    }
  }
  if (more.empty()) return {};
  row.cells.insert(row.cells.end(), more.begin(), more.end());
  std::ranges::sort(row.cells, {}, &SheetCell::column);
  return {};
}

Result<SheetTable> FindSheetTable(const std::shared_ptr<const Workbook>& book,
                                  const WorkbookSheet& sheet, const SheetLayout& layout,
                                  const std::function<void(const SheetRow&)>& look) {
  TRY_ASSIGN(const auto rows, SheetRows::Open(book, sheet));
  const std::function<void(const SheetRow&)> look_away = [](const SheetRow&) {};
  TableBounds bounds(layout, layout.fills_merged ? look_away : look);
  SheetRow row;
  for (;;) {
    TRY_ASSIGN(const bool is_row, rows->Next(row));
    if (!is_row) break;
    bounds.Take(std::move(row));
  }
  SheetTable table;
  if (!bounds.has_value()) return table;
  const std::string where = SheetText(book, sheet);
  TRY(CheckHeader(where, layout, bounds));
  ColumnNames names(layout, bounds, rows->merged());
  table.columns = names.Make();
  TRY(CheckNames(where, layout, names));
  table.first_row = bounds.FirstData();
  table.last_row = bounds.last_data();
  if (layout.fills_merged) {
    table.merged = rows->merged();
    std::ranges::sort(table.merged, {}, &CellRange::first_row);
    TRY_ASSIGN(const auto filled, SheetTableRows::Open(book, sheet, table, layout));
    for (;;) {
      TRY_ASSIGN(const bool is_row, filled->Next(row));
      if (!is_row) break;
      look(row);
    }
  }
  return table;
}

}  // namespace assay::source
