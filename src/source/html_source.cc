#include <algorithm>
#include <utility>

#include "base/letter_case.h"
#include "contract/type_name.h"
#include "contract/utf8.h"
#include "source/cell_rows.h"
#include "source/charset.h"
#include "source/html_tables.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kLargestPage = 64 << 20;
constexpr std::size_t kPageBlock = 1 << 20;
constexpr char kLinkSuffix[] = "_link";
constexpr std::size_t kMostTablesShown = 8;

struct PageOptions {
  HtmlOptions html;
  std::string caption, id, encoding;
  std::optional<std::int64_t> index;
  std::vector<std::string> header;
  std::optional<std::int64_t> header_rows;
  std::vector<std::string> links;
};

PageOptions OptionsOf(const Json& params) {
  PageOptions options;
  options.html.displayed_only = params.value("displayed_only", true);
  options.html.with_footnotes = params.value("footnotes", true);
  options.caption = params.value("caption", "");
  options.id = params.value("id", "");
  options.encoding = params.value("encoding", "");
  options.header = contract::TextsOf(params, "header");
  options.links = contract::TextsOf(params, "links");
  if (params.contains("index")) options.index = params["index"].get<std::int64_t>();
  if (params.contains("header_rows")) {
    options.header_rows = params["header_rows"].get<std::int64_t>();
  }
  return options;
}

Status Check(const Json& params) {
  const PageOptions options = OptionsOf(params);
  if (options.index.value_or(0) < 0) {
    return Error{ErrorCode::kUser, "`index` is less than 0: " + std::to_string(*options.index),
                 "tables are counted from 0"};
  }
  if (options.header_rows.value_or(0) < 0) {
    return Error{ErrorCode::kUser,
                 "`header_rows` is less than 0: " + std::to_string(*options.header_rows),
                 "write how many rows name the columns, 0 for none"};
  }
  if (!options.encoding.empty() && !CharsetOf(options.encoding)) {
    return Error{ErrorCode::kUser, "an encoding that is not known: " + options.encoding,
                 "write a name as `windows-1252`, `shift_jis`, `utf-16le`"};
  }
  return contract::CheckDeclaredTypes(params);
}

Result<std::string> ReadBytes(const SourceFile& file) {
  TRY_ASSIGN(const auto unpacked, UnpackedFile::Open(file));
  std::string bytes;
  for (;;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kPageBlock);
    TRY_ASSIGN(const std::size_t size, unpacked->Read(bytes.data() + before, kPageBlock));
    bytes.resize(before + size);
    if (size == 0) return bytes;
    if (bytes.size() > kLargestPage) {
      return Error{ErrorCode::kData,
                   file.location + " is larger than 64 MiB, which is the most of a page",
                   "take it away"};
    }
  }
}

// The page in UTF-8.
Result<std::string> ReadPage(const SourceFile& file, const PageOptions& options) {
  TRY_ASSIGN(const std::string bytes, ReadBytes(file));
  std::string label = options.encoding;
  const auto mark = CharsetOfMark(bytes);
  if (label.empty()) label = mark ? *mark : DeclaredHtmlCharset(bytes);
  const bool is_told = !label.empty();
  auto charset = CharsetOf(is_told ? label : "utf-8");
  if (!charset) {
    return Error{
        ErrorCode::kData,
        file.location + " is in an encoding that is not known: " + contract::Escaped(label),
        "say what it is in, as `encoding: windows-1252`"};
  }
  // A page that tells in ASCII that it is UTF-16 is not.
  if (options.encoding.empty() && !mark && charset->starts_with("utf-16")) charset = "utf-8";
  std::string page;
  if (const auto fault = AppendDecodedText(bytes, *charset, page)) {
    const auto line = 1 + std::count(page.begin(), page.end(), '\n');
    return Error{ErrorCode::kData,
                 file.location + ":" + std::to_string(line) + " is not " + *charset +
                     (is_told ? "" : ", which a page is in that does not tell") + ": the byte " +
                     std::to_string(static_cast<unsigned char>(bytes[*fault])) + " at offset " +
                     std::to_string(*fault),
                 "say what it is in, as `encoding: windows-1252`"};
  }
  return page;
}

std::string NamesText(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::size_t HeaderRowsOf(const HtmlTable& table, const PageOptions& options) {
  return options.header_rows
             ? std::min(static_cast<std::size_t>(*options.header_rows), table.rows.size())
             : table.header_rows;
}

bool IsWanted(const HtmlTable& table, std::size_t place, const PageOptions& options) {
  if (options.index && static_cast<std::size_t>(*options.index) != place) return false;
  if (!options.id.empty() && options.id != table.id) return false;
  if (options.caption != "" && table.caption.find(options.caption) == std::string::npos) {
    return false;
  }
  if (options.header.empty()) return true;
  const std::vector<std::string> names = ColumnNamesOf(table, HeaderRowsOf(table, options));
  return std::ranges::all_of(options.header, [&](const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  });
}

// `0: Name, Age; 1: caption "Cities": City, Country`
std::string TablesText(const std::vector<HtmlTable>& tables, const PageOptions& options) {
  std::string text;
  for (std::size_t i = 0; i < std::min(tables.size(), kMostTablesShown); ++i) {
    const HtmlTable& table = tables[i];
    text += (i == 0 ? "" : "; ") + std::to_string(i) + ": ";
    if (!table.id.empty()) text += "id `" + table.id.substr(0, 100) + "`, ";
    if (!table.caption.empty()) text += "caption `" + table.caption.substr(0, 100) + "`, ";
    const std::string names = NamesText(ColumnNamesOf(table, HeaderRowsOf(table, options)));
    text += std::to_string(table.rows.size()) + " rows of " + names.substr(0, 200);
  }
  if (tables.size() > kMostTablesShown) text += "; ...";
  return contract::Printable(text);
}

Result<std::size_t> ChooseTable(const std::vector<HtmlTable>& tables, const SourceFile& file,
                                const PageOptions& options) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (IsWanted(tables[i], i, options)) found.push_back(i);
  }
  if (found.size() > 1 && !options.caption.empty()) {
    const auto is_other = [&](std::size_t i) { return tables[i].caption != options.caption; };
    if (!std::ranges::all_of(found, is_other)) std::erase_if(found, is_other);
  }
  if (found.size() == 1) return found[0];
  if (tables.empty()) {
    return Error{ErrorCode::kData, file.location + " has no table",
                 "a table that a program makes in the browser is not in a saved page"};
  }
  const std::string shown = "its tables are " + TablesText(tables, options);
  if (found.empty()) return Error{ErrorCode::kData, file.location + " has no such table", shown};
  return Error{ErrorCode::kData,
               file.location + " has " + std::to_string(found.size()) + " such tables",
               "choose one by `caption`, `id`, `index` or `header`; " + shown};
}

// The rows of the table of a page.
class HtmlRows : public CellRows {
 public:
  HtmlRows(HtmlTable table, const PageOptions& options)
      : table_(std::move(table)), next_(HeaderRowsOf(table_, options)), header_rows_(next_) {
    names_ = ColumnNamesOf(table_, header_rows_);
    for (const std::string& name : options.links) {
      const auto found = std::ranges::find(names_, name);
      if (found != names_.end()) {
        links_.push_back(static_cast<std::size_t>(found - names_.begin()));
      }
    }
  }

  std::vector<std::string> Columns() const {
    std::vector<std::string> columns = names_;
    for (const std::size_t column : links_) columns.push_back(names_[column] + kLinkSuffix);
    return columns;
  }
  const std::vector<std::string>& names() const { return names_; }

  Result<bool> Next(NamedRow& row) override {
    while (next_ < table_.rows.size() && table_.IsBlank(table_.rows[next_])) ++next_;
    if (next_ == table_.rows.size()) return false;
    const HtmlRow& found = table_.rows[next_++];
    row = NamedRow();
    row.line = found.line;
    row.reason = ReasonAgainst(found);
    for (std::size_t i = 0; i < found.cells.size(); ++i) {
      row.text += (i == 0 ? "" : " | ") + table_.TextAt(found, i);
    }
    if (!row.reason.empty()) return true;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      row.cells.push_back({names_[i], i < found.cells.size()
                                          ? std::optional<std::string>(table_.TextAt(found, i))
                                          : std::nullopt});
    }
    for (const std::size_t column : links_) {
      NamedCell cell{names_[column] + kLinkSuffix, std::nullopt};
      if (column < found.cells.size()) cell.text = table_.cells[found.cells[column]].link;
      row.cells.push_back(std::move(cell));
    }
    return true;
  }

 private:
  // Why a row is none of the data.
  std::string ReasonAgainst(const HtmlRow& row) const {
    if (table_.IsTitle(row)) return "one cell over all columns";
    for (std::size_t i = 0; i < header_rows_; ++i) {
      const HtmlRow& header = table_.rows[i];
      if (table_.IsBlank(header) || header.cells.size() != row.cells.size()) continue;
      bool is_alike = true;
      for (std::size_t column = 0; is_alike && column < row.cells.size(); ++column) {
        is_alike = table_.TextAt(row, column) == table_.TextAt(header, column);
      }
      if (is_alike) return "the header again";
    }
    return "";
  }

  HtmlTable table_;
  std::size_t next_;
  std::size_t header_rows_;
  std::vector<std::string> names_;
  std::vector<std::size_t> links_;
};

Result<std::unique_ptr<HtmlRows>> OpenTable(const SourceFile& file, const PageOptions& options) {
  TRY_ASSIGN(const std::string page, ReadPage(file, options));
  TRY_ASSIGN(std::vector<HtmlTable> tables, TablesOf(page, options.html).While(file.location));
  TRY_ASSIGN(const std::size_t place, ChooseTable(tables, file, options));
  return std::make_unique<HtmlRows>(std::move(tables[place]), options);
}

Result<SourceRead> Read(const SourceContext& context) {
  const PageOptions options = OptionsOf(context.params);
  const SourceFile first = context.files[0];
  TRY_ASSIGN(const auto rows, OpenTable(first, options));
  for (const std::string& name : options.links) {
    if (std::ranges::find(rows->names(), name) != rows->names().end()) continue;
    return Error{ErrorCode::kUser, "`links` names no column of the table: " + name,
                 "its columns are " + NamesText(rows->names())};
  }
  CellTable table;
  const std::vector<std::string> columns = rows->Columns();
  for (const std::string& name : columns) table.columns.push_back({name});
  table.open = [options, columns,
                first](const SourceFile& file) -> Result<std::unique_ptr<CellRows>> {
    TRY_ASSIGN(auto opened, OpenTable(file, options));
    std::vector<std::string> own = opened->Columns();
    std::vector<std::string> wanted = columns;
    std::ranges::sort(own);
    std::ranges::sort(wanted);
    if (own != wanted) {
      return Error{ErrorCode::kData,
                   file.location + " has the columns " + NamesText(opened->Columns()) + " where " +
                       first.location + " has " + NamesText(columns),
                   "make the files alike, or declare them as two sources"};
    }
    return std::unique_ptr<CellRows>(std::move(opened));
  };
  table.row_word = "table";
  table.hint = "look at which table it is, at `header_rows`, and at declared types";
  return ReadCellRows(context, std::move(table));
}

}  // namespace

SourceKind html_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = "html",
           .summary = "a table of saved web pages",
           .help =
               "The table is the one that has `caption` in its caption (the same, where there are "
               "several), `id`, the place `index` among the page's tables (from 0, tables without "
               "a cell not counted), and all column names of `header`; without any of these, the "
               "only one. An error lists what tables there are.\n\n"
               "Cells are what a browser shows: white space as one blank, line breaks kept, "
               "without what is hidden (`hidden`, `display: none` and `visibility: hidden` of a "
               "`style`; style sheets are not read), a blank that does not break as a blank. A "
               "cell over several rows or columns is the value of each. A table in a cell is the "
               "cell's text, and a table of its own. Header rows are those of the table's head, "
               "else those at its beginning that are all `th`; several are joined with a blank "
               "(`2024 Sales`), `header_rows` says otherwise. A column without a name is "
               "`column3`, counted from 0, a name that comes again `name_1`. Rows without text are "
               "skipped; a row that is the header again, or one cell over all columns, is "
               "refused. Rows of the foot come last. All files must have the same columns.\n\n"
               "The encoding is `encoding`, else that of a mark at the beginning, else what the "
               "page says in a `meta` element, else UTF-8; a page that is not in it is an error. "
               "A page is at most 64 MiB.\n\n" +
               CellsHelp(),
           .version = 2,
           .params = CellParams(
               {{.name = "caption",
                 .type = ParamType::kString,
                 .summary = "text of the table's caption, or a part of it"},
                {.name = "id", .type = ParamType::kString, .summary = "the table's `id`"},
                {.name = "index",
                 .type = ParamType::kInteger,
                 .summary = "which of the page's tables, from 0"},
                {.name = "header",
                 .type = ParamType::kColumns,
                 .summary = "column names that the table must have"},
                {.name = "header_rows",
                 .type = ParamType::kInteger,
                 .summary = "how many rows name the columns, where that is not to be detected"},
                {.name = "displayed_only",
                 .type = ParamType::kBool,
                 .summary = "leave out what a browser does not show",
                 .by_default = true},
                {.name = "footnotes",
                 .type = ParamType::kBool,
                 .summary = "take marks of footnotes (`[1]`, raised and a link or of the class "
                            "`reference`) for text",
                 .by_default = true},
                {.name = "links",
                 .type = ParamType::kColumns,
                 .summary = "columns whose links are kept as well, `NAME_link`: the first of each "
                            "cell, as written"},
                {.name = "encoding",
                 .type = ParamType::kString,
                 .summary = "how characters are written in bytes, whatever the page says"}}),
           .refuses = [](const Json&) { return true; },
           .ledger = contract::Ledger::kAlways,
           .check = Check,
           .suffixes = WithPacked({".html", ".htm"}),
           .example = "sources:\n  cities:\n    files: pages/cities-*.html\n    header: [City, "
                      "Population]\n    footnotes: false\n    nulls: [\"\", n/a]\n"},
      .read = Read};
}

}  // namespace assay::source
