#include "source/text_layout.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "contract/type_name.h"
#include "source/decoded_file.h"

namespace assay::source {
namespace {

constexpr char kBlankRow[] = "blank";
constexpr std::array kOwnParams = {
    "comment",    "skip",    "drop_footer",      "table_title",    "table_header", "header_rows",
    "names",      "unpivot", "header_separator", "repeated_names", "short_rows",   "long_rows",
    "blank_rows", "trim",    "decimal",          "thousands"};

bool IsCount(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

RowMark RowMarkOf(const Json& params, const char* param) {
  const std::string text = params.value(param, "");
  if (IsCount(text)) return {std::strtoll(text.c_str(), nullptr, 10), ""};
  return {0, text};
}

// With a comma for decimals a point stands between thousands.
NumberMarks MarksOf(const Json& given, const NumberMarks& others) {
  NumberMarks marks = others;
  const std::string decimal = given.value("decimal", "");
  if (!decimal.empty()) {
    marks.decimal = decimal[0];
    if (marks.thousands == decimal) marks.thousands = decimal == "," ? "." : "";
  }
  if (given.contains("thousands")) {
    marks.thousands = given.value("thousands", "");
    if (marks.thousands == "none") marks.thousands.clear();
  }
  return marks;
}

bool IsNumberType(const std::string& name) {
  const auto type = contract::TypeNamed(name);
  return type.ok() && (IsInteger(*type) || IsFloat(*type) || type->kind == TypeKind::kDecimal);
}

ColumnReading ReadingOf(const Json& column, const TextLayout& layout) {
  ColumnReading reading;
  reading.column = column.at(0).get<std::string>();
  reading.type = column.at(1).get<std::string>();
  const Json given = column.size() > 2 ? column[2] : Json::object();
  reading.marks = MarksOf(given, layout.marks);
  reading.format = given.value("format", "");
  reading.nulls = contract::TextsOf(given, "nulls");
  reading.form = NumberFormNamed(given.value("read", ""));
  const bool own_marks = given.contains("decimal") || given.contains("thousands");
  if (!reading.form && (own_marks || (layout.has_marks && IsNumberType(reading.type)))) {
    reading.form = NumberForm::kMarked;
  }
  return reading;
}

Status CheckNumberMarks(const Json& given, const NumberMarks& others) {
  for (const char* mark : {"decimal", "thousands"}) {
    const std::string text = given.value(mark, "");
    const bool has_digit =
        std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool is_long = std::string(mark) == "decimal" ? text.size() > 1 : text.size() > 4;
    if (!has_digit && !is_long && text != "-" && text != "+" && text != "(") continue;
    return Error{ErrorCode::kUser, std::string("not a mark for `") + mark + "`: " + text,
                 std::string("write the character itself") +
                     (std::string(mark) == "decimal" ? ", as \",\"" : ", as \".\", or `none`")};
  }
  const NumberMarks marks = MarksOf(given, others);
  if (marks.thousands != std::string(1, marks.decimal)) return {};
  return Error{ErrorCode::kUser, "`decimal` and `thousands` are the same mark: " + marks.thousands,
               "they must differ, as `decimal: \",\"` and `thousands: \".\"`"};
}

Status CheckColumnReadings(const Json& params) {
  TRY(contract::CheckDeclaredTypes(params));
  const NumberMarks marks = MarksOf(params, {});
  const auto columns = params.find("columns");
  if (columns == params.end()) return {};
  for (const Json& column : *columns) {
    if (column.size() < 3) continue;
    const std::string place = "columns: " + column[0].get<std::string>();
    const Json& given = column[2];
    TRY(CheckNumberMarks(given, marks).While(place));
    const std::string type = column[1].get<std::string>();
    const bool reads_number =
        given.contains("read") || given.contains("decimal") || given.contains("thousands");
    if (reads_number && !type.empty() && !IsNumberType(type)) {
      return Error{ErrorCode::kUser, place + ": numbers are read, and its type is none: " + type,
                   "declare a type of numbers, as decimal(12,2), or none"};
    }
    if (!given.contains("format")) continue;
    const auto moment = contract::TypeNamed(type);
    const bool is_moment =
        moment.ok() && (moment->kind == TypeKind::kDate || moment->kind == TypeKind::kTimestamp);
    if (!is_moment || given.value("format", "").find('%') == std::string::npos) {
      return Error{ErrorCode::kUser, place + ": `format` tells how a day or a moment is written",
                   "declare it as {type: date, format: \"%d.%m.%Y\"}"};
    }
  }
  return {};
}

Status CheckTable(const Json& params) {
  const bool by_title = params.contains("table_title");
  if (by_title && params.contains("table_header")) {
    return Error{ErrorCode::kUser, "a table is chosen by `table_title` or by `table_header`",
                 "leave one of them out"};
  }
  if (by_title && params.value("table_title", "").empty()) {
    return Error{ErrorCode::kUser, "`table_title` is empty",
                 "write the row that stands above the table; `*` stands for any characters"};
  }
  for (const char* mark : {"skip", "drop_footer"}) {
    if (!params.contains(mark) || !params.value(mark, "").empty()) continue;
    return Error{ErrorCode::kUser, std::string("`") + mark + "` is empty",
                 "write a number of rows, or what a row looks like; `*` stands for any characters"};
  }
  const bool header = params.value("header", true);
  if (!header && (params.contains("table_header") || params.contains("header_rows"))) {
    return Error{ErrorCode::kUser,
                 std::string("`") +
                     (params.contains("table_header") ? "table_header" : "header_rows") +
                     "` needs a header, and `header` is false",
                 "leave one of them out"};
  }
  return {};
}

Status CheckHeader(const Json& params) {
  const std::int64_t rows = params.value("header_rows", std::int64_t{1});
  if (rows < 1 || rows > 20) {
    return Error{ErrorCode::kUser, "`header_rows` is not between 1 and 20: " + std::to_string(rows),
                 "for a table without a header write `header: false`"};
  }
  const std::vector<std::string> unpivot = contract::TextsOf(params, "unpivot");
  if (unpivot.empty()) return {};
  if (static_cast<std::int64_t>(unpivot.size()) != rows - 1) {
    return Error{ErrorCode::kUser,
                 "`unpivot` names the columns that the upper rows of the header become, " +
                     std::to_string(rows - 1) + " of them; it names " +
                     std::to_string(unpivot.size()),
                 "declare `header_rows`, as `header_rows: 2` and `unpivot: [place]`"};
  }
  if (!params.contains("names")) return {};
  return Error{ErrorCode::kUser, "`names` takes the place of the header that `unpivot` needs",
               "leave one of them out"};
}

contract::Param ParamOf(const char* name, contract::ParamType type, const char* summary,
                        std::vector<std::string> choices = {}) {
  contract::Param param;
  param.name = name;
  param.type = type;
  param.summary = summary;
  param.choices = std::move(choices);
  return param;
}

}  // namespace

bool MatchesPattern(std::string_view text, std::string_view pattern) {
  std::size_t at = 0, in_pattern = 0, star = std::string_view::npos, retry = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      retry = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
      ++at;
      ++in_pattern;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

bool NeedsOwnReader(const Json& params) {
  for (const char* param : kOwnParams) {
    if (params.contains(param)) return true;
  }
  const auto encoding = KnownEncoding(params.value("encoding", "utf-8"));
  if (!encoding.ok() || *encoding != "utf-8") return true;
  const auto columns = params.find("columns");
  if (columns == params.end()) return false;
  return std::any_of(columns->begin(), columns->end(),
                     [](const Json& column) { return column.size() > 2; });
}

TextLayout LayoutOf(const Json& params) {
  TextLayout layout;
  layout.encoding = params.value("encoding", layout.encoding);
  layout.comment = params.value("comment", "");
  layout.skip = RowMarkOf(params, "skip");
  layout.drop_footer = RowMarkOf(params, "drop_footer");
  layout.footer_is_blank = layout.drop_footer.pattern == kBlankRow;
  if (layout.footer_is_blank) layout.drop_footer = {};
  layout.table_title = params.value("table_title", "");
  layout.table_header = contract::TextsOf(params, "table_header");
  const auto rows = params.value("header_rows", std::int64_t{1});
  layout.header_rows = params.value("header", true) ? static_cast<std::size_t>(rows) : 0;
  layout.header_separator = params.value("header_separator", layout.header_separator);
  layout.unpivot = contract::TextsOf(params, "unpivot");
  layout.names = contract::TextsOf(params, "names");
  layout.refuses_repeated_names = params.value("repeated_names", "") == "refuse";
  layout.pads_short_rows = params.value("short_rows", "") == "pad";
  const std::string long_rows = params.value("long_rows", "");
  if (long_rows == "join") layout.long_rows = LongRows::kJoin;
  if (long_rows == "drop_empty") layout.long_rows = LongRows::kDropEmpty;
  layout.drops_blank_rows = params.value("blank_rows", "") == "drop";
  layout.trims = params.value("trim", false);
  if (params.contains("nulls")) layout.nulls = contract::TextsOf(params, "nulls");
  layout.has_marks = params.contains("decimal") || params.contains("thousands");
  layout.marks = MarksOf(params, {});
  const auto columns = params.find("columns");
  if (columns == params.end()) return layout;
  layout.columns.reserve(columns->size());
  for (const Json& column : *columns) layout.columns.push_back(ReadingOf(column, layout));
  return layout;
}

Status CheckLayout(const Json& params) {
  const std::string encoding = params.value("encoding", "utf-8");
  if (encoding != kDetected) TRY(KnownEncoding(encoding));
  TRY(CheckNumberMarks(params, {}));
  TRY(CheckTable(params));
  TRY(CheckHeader(params));
  return CheckColumnReadings(params);
}

std::vector<contract::Param> LayoutParams() {
  using contract::ParamType;
  return {
      ParamOf("encoding", ParamType::kString,
              "how characters are written in bytes: `utf-8` where not said, `windows-1252`, "
              "`latin-1`, `utf-16`, others that `iconv` knows, or `detect`"),
      ParamOf("comment", ParamType::kString, "lines that begin with this are no rows"),
      ParamOf("skip", ParamType::kScalar,
              "lines before the header: how many, or what the header's row looks like "
              "(`Year,*`)"),
      ParamOf("drop_footer", ParamType::kScalar,
              "rows behind the table: how many, `blank` for all from the first row without a "
              "value on, or what the first of them looks like (`Source:*`)"),
      ParamOf("table_title", ParamType::kString,
              "of several tables in a file, the one below the row that looks like this"),
      ParamOf("table_header", ParamType::kScalars,
              "of several tables in a file, the one whose header begins with these names"),
      ParamOf("header_rows", ParamType::kInteger, "rows that the header has, 1 where not said"),
      ParamOf("header_separator", ParamType::kString,
              "what stands between the parts of a name from a header of several rows, a blank "
              "where not said"),
      ParamOf("unpivot", ParamType::kScalars,
              "makes a row for each group of a header of several rows: names of the columns that "
              "get the upper rows' texts"),
      ParamOf("names", ParamType::kScalars, "names of the columns in place of the header's"),
      ParamOf("repeated_names", ParamType::kChoice,
              "a name that is there twice or missing: `number` it, as where not said (`a`, `a_1`; "
              "`column2`), or `refuse` the file",
              {"number", "refuse"}),
      ParamOf("short_rows", ParamType::kChoice,
              "rows of too few cells: `refuse`, or `pad` with nulls", {"refuse", "pad"}),
      ParamOf("long_rows", ParamType::kChoice,
              "rows of too many cells: `refuse`, `join` the rest into the last one, or "
              "`drop_empty` those without a value",
              {"refuse", "join", "drop_empty"}),
      ParamOf("blank_rows", ParamType::kChoice,
              "rows in which no cell has a value: `keep` them as nulls, or `drop`",
              {"keep", "drop"}),
      ParamOf("trim", ParamType::kBool, "takes blanks around names and cells away"),
      ParamOf("decimal", ParamType::kString, "what stands before decimals, a point where not said"),
      ParamOf("thousands", ParamType::kString,
              "what stands between thousands: one of `,`, `.`, `'`, a blank, or `none`"),
  };
}

std::string LayoutHelp() {
  return "**What stands around the table.** Title lines are skipped by number or by what the "
         "header's row looks like; footers are dropped by number, at the first `blank` row, or by "
         "what their first row looks like. A pattern is compared with a row as it stands in the "
         "file and with its first cell that has a value; `*` stands for any characters. Of several "
         "tables in one file `table_title` or `table_header` chooses one, which ends at the next "
         "blank row.\n\n"
         "**Headers.** With `header_rows` the texts of the upper rows are filled to the right, and "
         "the parts of a name are joined; with `unpivot` they become columns of their own, and "
         "each group of a row a row. Names that are there twice get a number, as do columns "
         "without one, and a warning tells so.\n\n"
         "**Numbers.** `decimal` and `thousands` hold for all columns of numbers; a column's own "
         "stand in `columns`, as `{type: \"decimal(12,2)\", read: money, nulls: [N/A]}`. `read` "
         "is `number` (`*8,097,880`, `(1,200)` for a negative), `scaled` (`1.2M`, `3 thousand`), "
         "`money` (`$1,300 `, `1.2M EUR`), `percent` (`17.54%` is 17.54) or `fraction` (`17.54%` "
         "is 0.1754). Digits are moved and never computed with; groups of thousands must have "
         "three digits; a cell that is no such number refuses its row. `nulls` of a column are "
         "words beside those of all. `format` tells how a `date` or `timestamp[us]` is written, "
         "as strptime has it: `\"%B %d, %Y\"`.";
}

}  // namespace assay::source
