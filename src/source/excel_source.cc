#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/letter_case.h"
#include "base/nearest.h"
#include "contract/type_name.h"
#include "engine/sql_text.h"
#include "source/cell_counts.h"
#include "source/declared_values.h"
#include "source/refusals.h"
#include "source/sheet_table.h"

namespace assay::source {
namespace {

constexpr char kRefuse[] = "refuse";

struct ExcelOptions {
  std::vector<std::string> sheets;  // names and patterns; one with ! before it leaves sheets out
  SheetLayout layout;
  std::vector<std::string> nulls;
  bool faults_are_null = false;
  bool unites_unlike = false;
  std::string sheet_column, file_column;
};

// `3`, or what a row begins with.
SheetMark MarkOf(const std::string& text) {
  SheetMark mark;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), mark.rows);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return mark;
  return {0, text};
}

std::int64_t WholeOf(const Json& params, const char* name, std::int64_t otherwise) {
  return params.contains(name) ? params.at(name).get<std::int64_t>() : otherwise;
}

Result<ExcelOptions> OptionsOf(const Json& params) {
  ExcelOptions options;
  options.sheets = contract::TextsOf(params, "sheets");
  SheetLayout& layout = options.layout;
  if (const std::string range = params.value("range", ""); !range.empty()) {
    TRY_ASSIGN(layout.range, ParseCellRange(range));
  }
  layout.skip = MarkOf(params.value("skip", "0"));
  const std::string footer = params.value("drop_footer", "0");
  layout.ends_at_blank = footer == "blank";
  if (!layout.ends_at_blank) layout.drop_footer = MarkOf(footer);
  layout.header_row = WholeOf(params, "header_row", 0);
  layout.header_rows = params.value("header", true) ? WholeOf(params, "header_rows", 1) : 0;
  layout.first_row = WholeOf(params, "first_row", 0);
  layout.header_separator = params.value("header_separator", " ");
  layout.fills_header = params.value("header_fill", "merged") == "right";
  layout.refuses_repeated_names = params.value("repeated_names", "number") == kRefuse;
  layout.keeps_blank_rows = params.value("blank_rows", "drop") == "keep";
  layout.fills_merged = params.value("merged_cells", "first") == "fill";
  options.nulls = contract::TextsOf(params, "nulls");
  options.faults_are_null = params.value("error_cells", kRefuse) == "as_null";
  options.unites_unlike = params.value("unlike_sheets", kRefuse) == "unite";
  options.sheet_column = params.value("sheet_column", "");
  options.file_column = params.value("file_column", "");
  return options;
}

Status CheckExcel(const Json& params) {
  TRY_ASSIGN(const ExcelOptions options, OptionsOf(params));
  const SheetLayout& layout = options.layout;
  for (const auto& [name, least] :
       {std::pair("header_row", 1), {"header_rows", 1}, {"first_row", 1}}) {
    const std::int64_t number = WholeOf(params, name, least);
    if (number >= least && number <= kMostSheetRows) continue;
    return Error{ErrorCode::kUser,
                 std::string(name) + " is not a number of rows: " + std::to_string(number),
                 "rows are counted from 1, as the program shows them"};
  }
  for (const SheetMark& mark : {layout.skip, layout.drop_footer}) {
    if (mark.rows >= 0) continue;
    return Error{ErrorCode::kUser, "not a number of rows: " + std::to_string(mark.rows),
                 "write how many rows, or what a row begins with"};
  }
  if (layout.header_rows > 100) {
    return Error{ErrorCode::kUser, "a header of more than 100 rows", "look at `header_rows`"};
  }
  const bool has_skip = layout.skip.rows > 0 || !layout.skip.pattern.empty();
  if (layout.header_row > 0 && has_skip) {
    return Error{ErrorCode::kUser, "`skip` and `header_row` both say where the header is",
                 "leave one of them out"};
  }
  if (layout.header_row > 0 && layout.header_rows == 0) {
    return Error{ErrorCode::kUser, "`header_row` where there is no header",
                 "leave `header: false` out, or write `first_row`"};
  }
  if (layout.first_row > 0 && layout.first_row < layout.header_row + layout.header_rows &&
      layout.header_row > 0) {
    return Error{
        ErrorCode::kUser, "`first_row` is within the header",
        "the header ends with row " + std::to_string(layout.header_row + layout.header_rows - 1)};
  }
  return contract::CheckDeclaredTypes(params);
}

std::string SheetNamesText(const Workbook& book) {
  std::string names;
  for (const WorkbookSheet& sheet : book.sheets()) {
    names += (names.empty() ? "" : ", ") + sheet.name + (sheet.is_visible ? "" : " (hidden)");
  }
  return names;
}

bool IsPattern(const std::string& text) { return text.find('*') != std::string::npos; }

Error NoSuchSheet(const Workbook& book, const std::string& wanted) {
  std::vector<std::string> names;
  for (const WorkbookSheet& sheet : book.sheets()) names.push_back(sheet.name);
  const std::string nearest = NearestName(wanted, names);
  return {ErrorCode::kData, book.file().location + " has no sheet of this name: " + wanted,
          (nearest.empty() ? "" : "did you mean " + nearest + "? ") + "its sheets are " +
              SheetNamesText(book)};
}

// Those of a workbook that are asked for, in the order of the tabs. Hidden ones are by name alone.
Result<std::vector<WorkbookSheet>> ChosenSheets(const Workbook& book,
                                                const std::vector<std::string>& wanted) {
  std::vector<WorkbookSheet> chosen;
  const bool leaves_out =
      std::ranges::all_of(wanted, [](const std::string& one) { return one.starts_with('!'); });
  for (const std::string& one : wanted) {
    if (IsPattern(one) || one.starts_with('!')) continue;
    const auto found = std::ranges::find(book.sheets(), one, &WorkbookSheet::name);
    if (found == book.sheets().end()) return NoSuchSheet(book, one);
  }
  for (const WorkbookSheet& sheet : book.sheets()) {
    bool is_chosen = leaves_out && sheet.is_visible;
    for (const std::string& one : wanted) {
      if (one == sheet.name || (sheet.is_visible && IsPattern(one) && IsLike(sheet.name, one))) {
        is_chosen = true;
      }
    }
    for (const std::string& one : wanted) {
      if (one.starts_with('!') && IsLike(sheet.name, one.substr(1))) is_chosen = false;
    }
    if (is_chosen) chosen.push_back(sheet);
  }
  if (!chosen.empty()) return chosen;
  return Error{
      ErrorCode::kData, book.file().location + " has no sheet that `sheets` names",
      book.sheets().empty() ? "take the file away" : "its sheets are " + SheetNamesText(book)};
}

// What was seen of the values of one column.
struct SeenSheetValues {
  std::string name;
  std::string where;  // the sheet in which it was first
  bool has_text = false;
  bool has_truth = false;
  bool has_whole = false;
  bool has_bent = false;  // a whole number that float64 would bend
  bool has_fraction = false;
  bool has_long = false;  // a whole number that int64 does not hold
  bool has_day = false;
  bool has_time = false;
  bool has_moment = false;

  void Note(const SheetCell& cell) {
    switch (cell.kind) {
      case SheetCellKind::kText:
        has_text = true;
        return;
      case SheetCellKind::kNumber:
        return NoteNumber(cell.text());
      case SheetCellKind::kTruth:
        has_truth = true;
        return;
      case SheetCellKind::kDay:
        has_day = true;
        return;
      case SheetCellKind::kTime:
        has_time = true;
        return;
      case SheetCellKind::kMoment:
        has_moment = true;
        return;
      case SheetCellKind::kFault:
        return;
    }
  }

  void Add(const SeenSheetValues& other) {
    has_text |= other.has_text;
    has_truth |= other.has_truth;
    has_whole |= other.has_whole;
    has_bent |= other.has_bent;
    has_fraction |= other.has_fraction;
    has_long |= other.has_long;
    has_day |= other.has_day;
    has_time |= other.has_time;
    has_moment |= other.has_moment;
  }

  Type Detected() const {
    const auto type = [](TypeKind kind) { return Type{kind, 0, 0, {}}; };
    const bool has_number = has_whole || has_fraction || has_long;
    const int forms = static_cast<int>(has_text) + static_cast<int>(has_truth) +
                      static_cast<int>(has_number) + static_cast<int>(has_day || has_moment) +
                      static_cast<int>(has_time);
    if (forms != 1 || has_text || has_long) return type(TypeKind::kString);
    if (has_truth) return type(TypeKind::kBool);
    if (has_moment) return type(TypeKind::kTimestamp);
    if (has_day) return type(TypeKind::kDate);
    if (has_time) return type(TypeKind::kTime);
    if (!has_fraction) return type(TypeKind::kInt64);
    return type(has_bent ? TypeKind::kString : TypeKind::kFloat64);
  }

 private:
  void NoteNumber(std::string_view text) {
    if (text.find_first_of(".eE") != std::string_view::npos) {
      has_fraction = true;
      return;
    }
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc()) {
      has_long = true;
      return;
    }
    constexpr std::int64_t kExact = std::int64_t{1} << 53;
    has_whole = true;
    has_bent = has_bent || number > kExact || number < -kExact;
  }
};

// One sheet of one file.
struct FoundSheet {
  std::size_t file = 0;
  WorkbookSheet sheet;
  SheetTable table;
  std::map<std::uint32_t, std::size_t> places;  // of the sheet's columns among all columns
};

struct ExcelFindings {
  std::vector<FoundSheet> sheets;
  std::vector<SeenSheetValues> columns;
  bool has_refused = false;
};

bool IsNullText(const std::vector<std::string>& nulls, std::string_view text) {
  return std::ranges::find(nulls, text) != nulls.end();
}

// Opens the workbooks of a source, one at a time.
class Workbooks {
 public:
  explicit Workbooks(const std::vector<SourceFile>& files) : files_(files) {}

  Result<std::shared_ptr<const Workbook>> Open(std::size_t file) {
    if (book_ == nullptr || file_ != file) {
      book_ = nullptr;
      TRY_ASSIGN(book_, Workbook::Open(files_[file]));
      file_ = file;
    }
    return book_;
  }

 private:
  const std::vector<SourceFile>& files_;
  std::shared_ptr<const Workbook> book_;
  std::size_t file_ = 0;
};

class SheetFinder {
 public:
  SheetFinder(const SourceContext& context, const ExcelOptions& options)
      : context_(context), options_(options), books_(context.files) {}

  Result<ExcelFindings> Find() {
    for (std::size_t file = 0; file < context_.files.size(); ++file) {
      TRY_ASSIGN(const auto book, books_.Open(file));
      const std::size_t before = found_.sheets.size();
      if (options_.sheets.empty()) {
        TRY(TakeOnlySheet(file, book));
      } else {
        TRY_ASSIGN(const auto chosen, ChosenSheets(*book, options_.sheets));
        for (const WorkbookSheet& sheet : chosen) TRY(Take(file, book, sheet));
      }
      if (found_.sheets.size() > before) continue;
      return Error{ErrorCode::kData, book->file().location + " holds no cell with a value",
                   "take it away, or look at `sheets` and `range`"};
    }
    TRY(CheckLetterCase());
    return std::move(found_);
  }

 private:
  // The one that holds anything. Which of several is meant is not ours to guess.
  Status TakeOnlySheet(std::size_t file, const std::shared_ptr<const Workbook>& book) {
    std::vector<WorkbookSheet> filled;
    for (const WorkbookSheet& sheet : book->sheets()) {
      if (!sheet.is_visible) continue;
      TRY_ASSIGN(const auto rows, SheetRows::Open(book, sheet));
      SheetRow row;
      for (bool is_row = true; is_row && row.cells.empty();) {
        TRY_ASSIGN(is_row, rows->Next(row));
      }
      if (!row.cells.empty()) filled.push_back(sheet);
    }
    if (filled.size() <= 1) return filled.empty() ? Status() : Take(file, book, filled[0]);
    return Error{
        ErrorCode::kUser, book->file().location + " has several sheets: " + SheetNamesText(*book),
        "say which, as `sheets: [" + filled[0].name + "]`; several are united, `\"*\"` names all"};
  }

  Status Take(std::size_t file, const std::shared_ptr<const Workbook>& book,
              const WorkbookSheet& sheet) {
    std::map<std::uint32_t, SeenSheetValues> seen;
    const auto look = [&](const SheetRow& row) {
      for (const SheetCell& cell : row.cells) {
        if (IsNullText(options_.nulls, cell.text())) continue;
        seen[cell.column].Note(cell);
        const bool is_fault = cell.kind == SheetCellKind::kFault;
        if (is_fault && !options_.faults_are_null) found_.has_refused = true;
      }
    };
    TRY_ASSIGN(SheetTable table, FindSheetTable(book, sheet, options_.layout, look));
    if (table.is_empty()) return {};
    FoundSheet found{file, sheet, std::move(table), {}};
    const std::string where = book->file().location + ", sheet " + sheet.name;
    const bool is_first = found_.sheets.empty();
    for (const SheetColumn& column : found.table.columns) {
      auto known = std::ranges::find(found_.columns, column.name, &SeenSheetValues::name);
      if (known == found_.columns.end()) {
        if (!is_first && !options_.unites_unlike) return Unlike(where, column.name, true);
        found_.columns.push_back({.name = column.name, .where = where});
        known = std::prev(found_.columns.end());
      }
      known->Add(seen[column.column]);
      found.places[column.column] = static_cast<std::size_t>(known - found_.columns.begin());
    }
    if (!options_.unites_unlike && found.places.size() != found_.columns.size()) {
      for (const SeenSheetValues& column : found_.columns) {
        const bool has = std::ranges::find(found.table.columns, column.name, &SheetColumn::name) !=
                         found.table.columns.end();
        if (!has) return Unlike(where, column.name, false);
      }
    }
    found_.sheets.push_back(std::move(found));
    return {};
  }

  Error Unlike(const std::string& where, const std::string& name, bool is_new) const {
    return {ErrorCode::kData,
            where + (is_new ? " has a column " : " has no column ") + name + ", which " +
                found_.columns[0].where + (is_new ? " has not" : " has"),
            "make them alike, declare them as two sources, or write `unlike_sheets: unite`, which "
            "makes null what a sheet lacks"};
  }

  // Case does not tell columns apart in SQL.
  Status CheckLetterCase() const {
    std::map<std::string, const SeenSheetValues*> lower;
    for (const SeenSheetValues& column : found_.columns) {
      const auto [known, is_new] = lower.emplace(Lower(column.name), &column);
      if (is_new) continue;
      return Error{ErrorCode::kData,
                   "names that differ in case alone cannot be two columns: " + known->second->name +
                       " (" + known->second->where + "), " + column.name + " (" + column.where +
                       ")",
                   "write both alike, or rename one"};
    }
    for (const std::string& own : {options_.sheet_column, options_.file_column}) {
      if (own.empty() || lower.count(Lower(own)) == 0) continue;
      return Error{ErrorCode::kUser, "the sheet has a column of this name already: " + own,
                   "write another name at `sheet_column` or `file_column`"};
    }
    return {};
  }

  const SourceContext& context_;
  const ExcelOptions& options_;
  Workbooks books_;
  ExcelFindings found_;
};

// All rows of the sheets, as text.
class SheetTextRows : public engine::TextRows {
 public:
  SheetTextRows(std::vector<SourceFile> files, std::vector<FoundSheet> sheets,
                const ExcelOptions& options, std::vector<std::string> names,
                std::shared_ptr<KeptChanges> kept)
      : files_(std::move(files)),
        sheets_(std::move(sheets)),
        options_(options),
        names_(std::move(names)),
        books_(files_),
        counts_(std::move(kept)) {
    BeginFile();
  }

  Result<bool> Next(Cells& cells) override {
    for (; at_ < sheets_.size(); ++at_) {
      const FoundSheet& found = sheets_[at_];
      if (rows_ == nullptr) {
        TRY_ASSIGN(const auto book, books_.Open(found.file));
        TRY_ASSIGN(rows_, SheetTableRows::Open(book, found.sheet, found.table, options_.layout));
      }
      TRY_ASSIGN(const bool is_row, rows_->Next(row_));
      if (is_row) {
        Put(found, cells);
        return true;
      }
      rows_ = nullptr;
      const bool is_last = at_ + 1 == sheets_.size() || sheets_[at_ + 1].file != found.file;
      if (is_last) EndFile(found.file);
    }
    counts_.End();
    return false;
  }

 private:
  void BeginFile() {
    of_file_.clear();
    // A workbook keeps texts as they are.
    for (const std::string& name : names_) {
      of_file_.push_back({.column = name, .trimmed = std::nullopt});
    }
  }
  void EndFile(std::size_t file) {
    for (CellChanges& changes : of_file_) counts_.Add(file, std::move(changes));
    BeginFile();
  }

  void Put(const FoundSheet& found, Cells& cells) {
    std::fill(cells.begin(), cells.end(), std::nullopt);
    place_ = {found.file, row_.number, "", ""};
    shown_.clear();
    const std::size_t own = kPlaceColumns.size();
    cells[own] = found.sheet.name;
    for (const SheetCell& cell : row_.cells) {
      const auto place = found.places.find(cell.column);
      if (place == found.places.end()) continue;
      const std::string_view text = cell.text();
      if (shown_.size() < (1U << 20U)) (shown_ += shown_.empty() ? "" : "\t") += text;
      CellChanges& changes = of_file_[place->second];
      if (IsNullText(options_.nulls, text)) {
        changes.nulls += text.empty() ? 0U : 1U;
        continue;
      }
      if (cell.kind != SheetCellKind::kFault) {
        ++*changes.cells;
        changes.in_utc += EndsInUtc(text) ? 1U : 0U;
        cells[own + 1 + place->second] = text;
      } else if (!options_.faults_are_null && place_.reason.empty()) {
        place_.column = names_[place->second];
        place_.reason = "sheet " + found.sheet.name + ", cell " +
                        CellName(cell.column, row_.number) + ": " + std::string(text);
      }
    }
    place_cells_.Put(place_, shown_, cells);
  }

  std::vector<SourceFile> files_;
  std::vector<FoundSheet> sheets_;
  ExcelOptions options_;
  std::vector<std::string> names_;
  Workbooks books_;
  CellCounts counts_;
  std::vector<CellChanges> of_file_;  // of the one that is read
  std::size_t at_ = 0;
  std::unique_ptr<SheetTableRows> rows_;
  SheetRow row_;
  RowPlace place_;
  PlaceCells place_cells_;
  std::string shown_;
};

Result<FoundColumn> SheetColumn(const SeenSheetValues& seen, const std::string& cell,
                                const std::vector<std::pair<std::string, std::string>>& declared) {
  FoundColumn column{seen.name, cell};
  Type type = seen.Detected();
  bool is_declared = false;
  for (const auto& [name, text] : declared) {
    if (name != seen.name) continue;
    TRY_ASSIGN(type, contract::TypeNamed(text));
    is_declared = true;
  }
  if (type.kind == TypeKind::kString) return column;
  column.sql = "TRY_CAST(" + cell + " AS " + engine::TypeSql(type) + ")";
  if (!is_declared) return column;
  column.misfit = MisfitSql(type, cell);
  column.reason = "'sheet ' || found.sheet || ': ' || " + MisfitReasonSql(type, cell);
  return column;
}

Result<SourceRead> Read(const SourceContext& context) {
  TRY_ASSIGN(const ExcelOptions options, OptionsOf(context.params));
  TRY_ASSIGN(const ExcelFindings found, SheetFinder(context, options).Find());
  const auto declared = contract::PairsOf(context.params, "columns");
  std::string known;
  for (const SeenSheetValues& seen : found.columns) {
    known += (known.empty() ? "" : ", ") + seen.name;
  }
  for (const auto& [name, type] : declared) {
    const bool is_there =
        std::ranges::find(found.columns, name, &SeenSheetValues::name) != found.columns.end();
    if (is_there) continue;
    return Error{ErrorCode::kUser, "no sheet has a column of this name: " + name,
                 "the columns are " + known};
  }
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  table.columns.emplace_back("sheet");
  std::vector<FoundColumn> columns;
  std::vector<std::string> names;
  names.reserve(found.columns.size());
  for (const SeenSheetValues& seen : found.columns) {
    const std::string name = "c" + std::to_string(names.size());
    FoundColumn column{seen.name, "found." + name};
    if (!context.WantsText(seen.name)) {
      TRY_ASSIGN(column, SheetColumn(seen, "found." + name, declared));
    }
    columns.push_back(std::move(column));
    names.push_back(seen.name);
    table.columns.push_back(name);
  }
  if (!options.sheet_column.empty()) columns.push_back({options.sheet_column, "found.sheet"});
  const auto kept = std::make_shared<KeptChanges>();
  table.open = [files = context.files, sheets = found.sheets, options, names,
                kept]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(
        std::make_unique<SheetTextRows>(files, sheets, options, names, kept));
  };
  SourceRead read = ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns,
                                  options.file_column, !found.has_refused);
  read.changes = [kept] { return kept->Get(); };
  read.refused_hint =
      "look at `header_row`, `skip` and `range`, at error cells, and at declared "
      "types";
  return read;
}

constexpr char kExcelHelp[] =
    "A workbook with several sheets that hold anything needs `sheets`: names, patterns in which "
    "`*` stands for any characters (`\"2*\"`), and with `!` before it what is left out "
    "(`\"!README\"`). Several sheets are united: their columns are matched by name and must be "
    "the same, unless `unlike_sheets: unite`. Hidden sheets are read only where they are named; "
    "hidden rows and columns are read as others.\n\n"
    "The header is the first row with a value, or the row `header_row`, as the program numbers "
    "rows; `skip` says how many rows stand before it, or what its first value looks like "
    "(`Year*`). With `header_rows` the parts of a name are joined from top to bottom; what is "
    "merged across columns holds for all of them, and `header_fill: right` fills the upper rows "
    "where nothing is merged. Line breaks in names become blanks. A column without a name is "
    "called after its place (`column02`), and a name that is there again gets a number (`a`, "
    "`a_1`); a column with neither name nor value is none. `first_row` is where the data begin "
    "when that is not below the header, and `drop_footer` leaves rows at the end out: how many, "
    "`blank` for all from the first row without a value on, or what the first value of the first "
    "of them looks like (`Source*`). `range` bounds all of this.\n\n"
    "A cell is what it is by its type and number format: a text, a number (percentages and "
    "elapsed times among them, as they are stored), a truth, a day, a time, a moment, in both "
    "calendars of Excel. A column of one of these has its type; whole numbers are `int64`, others "
    "`float64`; a column of different ones is text. Types are declared in `columns` as for `csv`. "
    "Formulas have the value that the program stored with them.\n\n"
    "A row with an error cell (`#N/A`), a formula without a stored value, a day that is none, or a "
    "value that a declared type cannot hold unbent is refused, with file, sheet, cell and reason, "
    "and readable as `NAME.refused`; with `error_cells: as_null` such cells are null, but for "
    "those of declared types. Sheets are read as a stream; the texts that their cells share, at "
    "most 1 GiB, are in memory.";

}  // namespace

SourceKind excel_source() {
  using contract::ParamType;
  const auto param = [](const char* name, ParamType type, const char* summary) {
    return contract::Param{.name = name, .type = type, .summary = summary};
  };
  const auto choice = [](const char* name, const char* summary, std::vector<std::string> choices) {
    contract::Param one{.name = name, .type = ParamType::kChoice, .summary = summary};
    one.by_default = choices[0];
    one.choices = std::move(choices);
    return one;
  };
  return {
      .info =
          {.name = "excel",
           .summary = "sheets of Excel workbooks (.xlsx)",
           .help = kExcelHelp,
           .version = 2,
           .params = {{.name = "files",
                       .type = ParamType::kPaths,
                       .summary = "path or glob, or a list of them",
                       .required = true},
                      param("sheets", ParamType::kScalars,
                            "names of sheets or patterns; not needed where one alone holds "
                            "anything"),
                      choice("unlike_sheets",
                             "sheets that have not the same columns: `refuse` them, or `unite` "
                             "them with nulls",
                             {kRefuse, "unite"}),
                      param("range", ParamType::kString,
                            "the cells that are looked at: `A3:F200`, `A:F`, `3:200`"),
                      param("skip", ParamType::kScalar,
                            "rows before the header: how many, or what the header's first value "
                            "looks like"),
                      param("drop_footer", ParamType::kScalar,
                            "rows behind the table: how many that hold anything, `blank` for all "
                            "from the first empty row on, or what the first of them begins with"),
                      {.name = "header",
                       .type = ParamType::kBool,
                       .summary = "the table has a header",
                       .by_default = true},
                      param("header_row", ParamType::kInteger,
                            "the header's first row, as the program numbers it"),
                      param("header_rows", ParamType::kInteger,
                            "rows that the header has, 1 where not said"),
                      param("header_separator", ParamType::kString,
                            "what stands between the parts of a name from a header of several "
                            "rows, a blank where not said"),
                      choice("header_fill",
                             "what fills empty cells of the header: cells that are `merged`, or "
                             "in upper rows the one to the left (`right`)",
                             {"merged", "right"}),
                      param("first_row", ParamType::kInteger,
                            "the first row of data, where that is not below the header"),
                      choice("repeated_names",
                             "a name that is there twice or missing: `number` it, or `refuse` the "
                             "sheet",
                             {"number", kRefuse}),
                      choice("blank_rows",
                             "rows between others in which no cell has a value: `drop` them, or "
                             "`keep` them as nulls",
                             {"drop", "keep"}),
                      choice("merged_cells",
                             "the value of merged cells is that of the `first` one alone, or "
                             "they are all to be `fill`ed with it",
                             {"first", "fill"}),
                      choice("error_cells",
                             "rows with error cells: `refuse` them, or take the cells `as_null`",
                             {kRefuse, "as_null"}),
                      {.name = "nulls",
                       .type = ParamType::kScalars,
                       .summary = "words that mean null",
                       .by_default = Json::array({""})},
                      param("columns", ParamType::kMapping,
                            "column name to type, for columns whose type is not to be detected"),
                      param("sheet_column", ParamType::kString,
                            "name of a column that gets the name of each row's sheet"),
                      param("file_column", ParamType::kString,
                            "name of a column that gets each row's file name")},
           .refuses = [](const Json&) { return true; },
           .ledger = contract::Ledger::kAlways,
           .check = CheckExcel,
           .suffixes = {".xlsx", ".xlsm"},
           .example = "sources:\n  sales:\n    files: data/sales-*.xlsx\n    sheets: [\"2*\"]\n"
                      "    header_row: 3\n    drop_footer: Total*\n    sheet_column: year\n"},
      .read = Read};
}

}  // namespace assay::source
