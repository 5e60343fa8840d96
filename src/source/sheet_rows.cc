#include "source/sheet_rows.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "source/xml_part.h"

namespace assay::source {
namespace {

constexpr std::size_t kLongestCell = 1 << 20;  // a program shows 32767 characters of it
constexpr std::size_t kLongestSheetRow = 256 << 20;
constexpr std::size_t kMostMerged = 1 << 20;

// One corner of a range; a part that is not written is 0.
struct Corner {
  std::uint32_t column = 0;  // from 1
  std::int64_t row = 0;
};

// `C7`, `C`, `7`, also with `$` before a part.
std::optional<Corner> ParseCorner(std::string_view text) {
  Corner corner;
  std::size_t at = text.starts_with('$') ? 1 : 0;
  for (; at < text.size(); ++at) {
    const auto upper = static_cast<char>(text[at] & ~0x20);
    if (upper < 'A' || upper > 'Z') break;
    corner.column = corner.column * 26 + static_cast<std::uint32_t>(upper - 'A') + 1;
    if (corner.column > kMostSheetColumns) return std::nullopt;
  }
  if (at > 0 && at < text.size() && text[at] == '$') ++at;
  if (at == text.size()) return corner.column == 0 ? std::nullopt : std::optional(corner);
  const auto parsed = std::from_chars(text.data() + at, text.data() + text.size(), corner.row);
  const bool is_row = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() &&
                      corner.row >= 1 && corner.row <= kMostSheetRows;
  return is_row ? std::optional(corner) : std::nullopt;
}

std::optional<CellRange> RangeOf(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto first = ParseCorner(text.substr(0, colon));
  const auto last = colon == std::string_view::npos ? first : ParseCorner(text.substr(colon + 1));
  if (!first || !last) return std::nullopt;
  if ((first->column == 0) != (last->column == 0)) return std::nullopt;
  if ((first->row == 0) != (last->row == 0)) return std::nullopt;
  if (first->column > last->column || first->row > last->row) return std::nullopt;
  CellRange range{1, kMostSheetRows, 0, kMostSheetColumns - 1};
  if (first->row > 0) {
    range.first_row = first->row;
    range.last_row = last->row;
  }
  if (first->column > 0) {
    range.first_column = first->column - 1;
    range.last_column = last->column - 1;
  }
  return range;
}

std::string_view WithoutSpaces(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool IsWholeNumber(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<double> NumberOf(std::string_view text) {
  double number = 0;
  const bool has_plus = text.starts_with('+');
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + (has_plus ? 1 : 0), end, number);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(number);
  return is_number ? std::optional(number) : std::nullopt;
}

// The shortest text that reads as the same double; whole numbers that a double holds without a
// point or exponent.
std::string NumberText(double number) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (std::trunc(number) == number && std::abs(number) <= kExact) {
    return std::to_string(static_cast<long long>(number));
  }
  char buffer[32];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), number);
  return {buffer, written.ptr};
}

// A value that stands at no place yet.
SheetCell ValueOf(SheetCellKind kind, std::string text) { return {0, kind, std::move(text)}; }

// The beginning of a text, not cut within a character.
std::string BeginningOf(std::string_view text) {
  std::size_t size = std::min<std::size_t>(text.size(), 100);
  while (size > 0 && size < text.size() &&
         (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
    --size;
  }
  return std::string(text.substr(0, size));
}

SheetCell Faulty(const std::string& reason) { return ValueOf(SheetCellKind::kFault, reason); }

SheetCell ValueOfNumber(const Workbook& book, std::string_view written, std::size_t style) {
  const std::string_view text = WithoutSpaces(written);
  const FormatMeaning meaning = book.MeaningOfStyle(style);
  const std::optional<double> number = NumberOf(text);
  if (!number) return Faulty("not a number: " + BeginningOf(text));
  if (meaning == FormatMeaning::kNumber) {
    // Digits beyond those of a double stay, where a program has written them.
    return ValueOf(SheetCellKind::kNumber, IsWholeNumber(text) && text.size() > 15
                                               ? std::string(text)
                                               : NumberText(*number));
  }
  FormattedDay day = FormatDay(*number, meaning, book.from_1904());
  if (day.text.empty()) {
    return Faulty((day.meaning == FormatMeaning::kTime ? "no time of the day: "
                                                       : "no day of the calendar: ") +
                  NumberText(*number));
  }
  switch (day.meaning) {
    case FormatMeaning::kDay:
      return ValueOf(SheetCellKind::kDay, std::move(day.text));
    case FormatMeaning::kTime:
      return ValueOf(SheetCellKind::kTime, std::move(day.text));
    default:
      return ValueOf(SheetCellKind::kMoment, std::move(day.text));
  }
}

// `2024-02-29`, `2024-02-29T12:30:00`, `12:30:00`, as the strict form of the format writes them.
SheetCell ValueOfIsoDay(std::string_view written) {
  std::string text(WithoutSpaces(written));
  const bool is_utc = text.ends_with('Z');
  if (is_utc) text.pop_back();
  const auto fits = [&](std::string_view shape, std::size_t at) {
    if (text.size() < at + shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const char c = text[at + i];
      if (shape[i] == '0' ? c < '0' || c > '9' : c != shape[i]) return false;
    }
    return true;
  };
  const auto ends_as_time = [&](std::size_t at) {
    return text.size() == at || (text[at] == '.' && text.size() > at + 1 &&
                                 text.find_first_not_of("0123456789", at + 1) == std::string::npos);
  };
  if (fits("0000-00-00", 0)) {
    if (text.size() == 10) return ValueOf(SheetCellKind::kDay, text);
    if (fits("T00:00:00", 10) && ends_as_time(19)) {
      text[10] = ' ';
      return ValueOf(SheetCellKind::kMoment, text);
    }
  }
  if (fits("00:00:00", 0) && ends_as_time(8)) return ValueOf(SheetCellKind::kTime, text);
  return Faulty("not a day or time: " + BeginningOf(text));
}

}  // namespace

std::string ColumnLetters(std::uint32_t column) {
  std::string letters;
  for (std::uint32_t rest = column + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

std::string CellName(std::uint32_t column, std::int64_t row) {
  return ColumnLetters(column) + std::to_string(row);
}

Result<CellRange> ParseCellRange(const std::string& text) {
  if (const auto range = RangeOf(text)) return *range;
  return Error{ErrorCode::kUser, "not a range of cells: " + text,
               "write the first and the last cell, as A3:F200; A:F for columns, 3:200 for rows"};
}

// Rows of `<sheetData>`, and what is merged.
class SheetHandler : public XmlHandler {
 public:
  explicit SheetHandler(std::shared_ptr<const Workbook> book) : book_(std::move(book)) {}

  void OnStart(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "row") {
      BeginRow(attributes);
    } else if (name == "c" && is_in_row_) {
      BeginCell(attributes);
    } else if (name == "mergeCell") {
      Merge(attributes);
    } else if (is_in_cell_) {
      if (name == "f") has_formula_ = true;
      if (name == "v") has_value_ = true;
      if (name == "is") is_inline_ = has_value_ = true;
      if (name == "rPh") is_reading_ = true;
      is_text_ = name == "v" || (name == "t" && is_inline_ && !is_reading_);
    }
  }

  void OnEnd(std::string_view name) override {
    is_text_ = false;
    if (name == "row" && is_in_row_) {
      EndRow();
    } else if (name == "c" && is_in_cell_) {
      EndCell();
    } else if (name == "rPh") {
      is_reading_ = false;
    } else if (name == "is") {
      is_inline_ = false;
    }
  }

  void OnText(std::string_view text) override {
    if (!is_text_) return;
    // What is beyond is not kept: it is refused in any case.
    if (text_.size() <= 8 * kLongestCell) text_ += text;
  }

  std::deque<SheetRow> rows;
  std::vector<CellRange> merged;

 private:
  void BeginRow(const XmlAttributes& attributes) {
    const std::string_view number = attributes.Get("r");
    row_.number = last_row_ + 1;
    if (!number.empty()) {
      const auto parsed =
          std::from_chars(number.data(), number.data() + number.size(), row_.number);
      if (parsed.ptr != number.data() + number.size()) return Fail("a row without a number");
    }
    if (row_.number > kMostSheetRows) return Fail("a row beyond 1048576");
    if (row_.number <= last_row_) return Fail("rows that are not in their order");
    last_row_ = row_.number;
    next_column_ = 0;
    row_.cells.clear();
    row_bytes_ = 0;
    is_in_row_ = true;
  }

  void EndRow() {
    is_in_row_ = false;
    const auto less = [](const SheetCell& a, const SheetCell& b) { return a.column < b.column; };
    if (!std::is_sorted(row_.cells.begin(), row_.cells.end(), less)) {
      std::sort(row_.cells.begin(), row_.cells.end(), less);
    }
    const auto twice = std::adjacent_find(
        row_.cells.begin(), row_.cells.end(),
        [](const SheetCell& a, const SheetCell& b) { return a.column == b.column; });
    if (twice != row_.cells.end()) {
      return Fail("a cell that comes twice: " + CellName(twice->column, row_.number));
    }
    rows.push_back(std::move(row_));
    row_ = {};
  }

  void BeginCell(const XmlAttributes& attributes) {
    if (is_in_cell_) return Fail("a cell within a cell");
    const std::string_view name = attributes.Get("r");
    std::uint32_t column = next_column_;
    if (!name.empty()) {
      const auto corner = ParseCorner(name);
      if (!corner || corner->column == 0) return Fail("a cell without a place");
      column = corner->column - 1;
    }
    if (column >= kMostSheetColumns) return Fail("a cell beyond column XFD");
    next_column_ = column + 1;
    column_ = column;
    type_ = attributes.Get("t");
    const std::string_view style = attributes.Get("s");
    style_ = 0;
    std::from_chars(style.data(), style.data() + style.size(), style_);
    text_.clear();
    has_formula_ = has_value_ = false;
    is_in_cell_ = true;
  }

  void EndCell() {
    is_in_cell_ = false;
    if (!has_value_ && !has_formula_) return;
    SheetCell value = Value();
    if (value.kind == SheetCellKind::kText) {
      if (value.text().empty()) return;
      if (value.text().size() > kLongestCell) value = Faulty("text of more than 1 MiB");
      if (value.text().find('\0') != std::string_view::npos) {
        value = Faulty("text with a zero character");
      }
    }
    value.column = column_;
    row_bytes_ += value.own.size();
    if (row_bytes_ > kLongestSheetRow) return Fail("a row of more than 256 MiB");
    row_.cells.push_back(std::move(value));
  }

  SheetCell Value() const {
    if (!has_value_) {
      return Faulty("a formula whose value the file does not hold");
    }
    if (type_ == "s") return SharedValue();
    if (type_ == "str" || type_ == "inlineStr") {
      return ValueOf(SheetCellKind::kText, WithoutEscapes(text_));
    }
    const std::string_view plain = WithoutSpaces(text_);
    if (type_ == "b") {
      if (plain == "1" || plain == "true") return ValueOf(SheetCellKind::kTruth, "true");
      if (plain == "0" || plain == "false") return ValueOf(SheetCellKind::kTruth, "false");
      return Faulty("neither true nor false: " + BeginningOf(plain));
    }
    if (type_ == "e") return Faulty("an error cell: " + BeginningOf(plain));
    if (plain.empty()) return {};
    if (type_ == "d") return ValueOfIsoDay(text_);
    if (type_.empty() || type_ == "n") return ValueOfNumber(*book_, text_, style_);
    return Faulty("a cell of an unknown type: " + BeginningOf(type_));
  }

  SheetCell SharedValue() const {
    const std::string_view plain = WithoutSpaces(text_);
    std::size_t number = 0;
    const auto parsed = std::from_chars(plain.data(), plain.data() + plain.size(), number);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == plain.data() + plain.size();
    const auto text = is_number ? book_->SharedText(number) : std::nullopt;
    if (!text) return Faulty("no text has this number: " + BeginningOf(plain));
    SheetCell value;
    value.shared = *text;
    return value;
  }

  void Merge(const XmlAttributes& attributes) {
    const std::optional<CellRange> range = RangeOf(attributes.Get("ref"));
    if (!range) return Fail("merged cells without a range");
    if (merged.size() == kMostMerged) return Fail("too many merged cells");
    merged.push_back(*range);
  }

  std::shared_ptr<const Workbook> book_;
  SheetRow row_;
  std::size_t row_bytes_ = 0;
  std::int64_t last_row_ = 0;
  std::uint32_t next_column_ = 0;
  bool is_in_row_ = false;

  std::uint32_t column_ = 0;
  std::string type_;
  std::size_t style_ = 0;
  std::string text_;
  bool is_in_cell_ = false;
  bool has_formula_ = false;
  bool has_value_ = false;
  bool is_inline_ = false;
  bool is_reading_ = false;
  bool is_text_ = false;
};

SheetRows::SheetRows() = default;
SheetRows::~SheetRows() = default;

Result<std::unique_ptr<SheetRows>> SheetRows::Open(std::shared_ptr<const Workbook> book,
                                                   const WorkbookSheet& sheet) {
  std::unique_ptr<SheetRows> rows(new SheetRows);
  rows->handler_ = std::make_unique<SheetHandler>(book);
  TRY_ASSIGN(rows->part_, XmlPart::Open(book->file(), sheet.part, *rows->handler_));
  return rows;
}

Result<bool> SheetRows::Next(SheetRow& row) {
  while (handler_->rows.empty()) {
    TRY_ASSIGN(const bool goes_on, part_->Advance());
    if (!goes_on && handler_->rows.empty()) return false;
  }
  row = std::move(handler_->rows.front());
  handler_->rows.pop_front();
  return true;
}

const std::vector<CellRange>& SheetRows::merged() const { return handler_->merged; }

}  // namespace assay::source
