#include <algorithm>
#include <atomic>
#include <filesystem>
#include <utility>

#include "base/letter_case.h"
#include "contract/type_name.h"
#include "source/cell_rows.h"
#include "source/refusals.h"
#include "source/text_records.h"

namespace assay::source {
namespace {

constexpr char kDetect[] = "detect";
constexpr char kParagraphs[] = "paragraphs";
constexpr char kFiles[] = "files";
constexpr char kRefuseUnmatched[] = "refuse";
constexpr char kKeepUnmatched[] = "keep";
constexpr char kDropUnmatched[] = "drop";

// What a pattern makes of a record.
struct PatternOptions {
  TextPattern pattern;
  std::vector<std::optional<TextPattern>> items;  // of each group that is a list
  std::string unmatched;
  std::vector<std::string> nulls;
};

struct TextOptions {
  TextRecordOptions records;
  std::optional<PatternOptions> pattern;
};

Result<std::optional<TextPattern>> PatternOf(const Json& params, const char* name) {
  if (!params.contains(name)) return std::optional<TextPattern>();
  TRY_ASSIGN(TextPattern pattern,
             TextPattern::Compile(params.at(name).get<std::string>()).While(name));
  return std::optional<TextPattern>(std::move(pattern));
}

Result<PatternOptions> PatternOptionsOf(const Json& params, TextPattern pattern) {
  PatternOptions options;
  options.pattern = std::move(pattern);
  const std::vector<std::string>& names = options.pattern.names();
  options.items.resize(names.size());
  for (const auto& [name, expression] : contract::PairsOf(params, "lists")) {
    const auto group = std::ranges::find(names, name);
    if (group == names.end()) {
      return Error{ErrorCode::kUser, "lists: `pattern` has no group of this name: " + name,
                   "write the name of a group, and what each item of its list looks like"};
    }
    TRY_ASSIGN(options.items[static_cast<std::size_t>(group - names.begin())],
               TextPattern::Compile(expression).While("lists: " + name));
  }
  options.unmatched = params.value("unmatched", kRefuseUnmatched);
  options.nulls =
      params.contains("nulls") ? contract::TextsOf(params, "nulls") : std::vector<std::string>{""};
  return options;
}

Result<TextOptions> OptionsOf(const Json& params) {
  TextOptions options;
  TextRecordOptions& records = options.records;
  const std::string rows = params.value("rows", "lines");
  if (rows == kParagraphs) records.unit = RecordUnit::kParagraph;
  if (rows == kFiles) records.unit = RecordUnit::kFile;
  TRY_ASSIGN(records.start, PatternOf(params, "start_pattern"));
  TRY_ASSIGN(records.end, PatternOf(params, "end_pattern"));
  const std::string encoding = params.value("encoding", "utf-8");
  records.detects = encoding == kDetect;
  for (const Encoding each : {Encoding::kLatin1, Encoding::kWindows1252}) {
    if (encoding == EncodingName(each)) records.encoding = each;
  }
  TRY_ASSIGN(std::optional<TextPattern> pattern, PatternOf(params, "pattern"));
  if (pattern) {
    TRY_ASSIGN(options.pattern, PatternOptionsOf(params, *std::move(pattern)));
  }
  return options;
}

// The columns that tell where a record stands.
std::vector<std::string> PlaceNames(const TextRecordOptions& options) {
  std::vector<std::string> names;
  if (options.unit != RecordUnit::kFile) names.emplace_back("line");
  names.insert(names.end(), {"file", "folder", "name"});
  if (options.detects) names.emplace_back("encoding");
  return names;
}

struct FileNames {
  std::string folder, name;
};

FileNames NamesOf(const SourceFile& file) {
  const std::filesystem::path path(file.location);
  return {path.parent_path().filename().string(), path.filename().string()};
}

// ---- records as text ----

class PlainTextRows : public engine::TextRows {
 public:
  PlainTextRows(std::vector<SourceFile> files, TextRecordOptions options)
      : files_(std::move(files)), options_(std::move(options)) {}

  Result<bool> Next(Cells& cells) override {
    for (; place_.file < files_.size(); ++place_.file) {
      if (records_ == nullptr) {
        TRY_ASSIGN(records_, TextRecords::Open(files_[place_.file], options_));
        names_ = NamesOf(files_[place_.file]);
      }
      TRY_ASSIGN(const bool is_record, records_->Next(record_));
      if (is_record) {
        Put(cells);
        return true;
      }
      records_ = nullptr;
    }
    return false;
  }

 private:
  void Put(Cells& cells) {
    const bool is_good = record_.reason.empty();
    place_.line = record_.line;
    place_.reason = record_.reason;
    place_.column = is_good ? "" : "text";
    place_cells_.Put(place_, record_.text, cells);
    const std::size_t own = kPlaceColumns.size();
    cells[own] = is_good ? std::optional<std::string_view>(record_.text) : std::nullopt;
    cells[own + 1] = files_[place_.file].location;
    cells[own + 2] = names_.folder;
    cells[own + 3] = names_.name;
    cells[own + 4] = EncodingName(records_->encoding());
  }

  std::vector<SourceFile> files_;
  TextRecordOptions options_;
  std::unique_ptr<TextRecords> records_;
  TextRecord record_;
  FileNames names_;
  RowPlace place_;
  PlaceCells place_cells_;
};

SourceRead ReadTexts(const SourceContext& context, const TextRecordOptions& options) {
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  for (const char* own : {"body", "path", "folder", "name", "encoding"}) {
    table.columns.emplace_back(own);
  }
  table.open = [files = context.files, options]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(std::make_unique<PlainTextRows>(files, options));
  };
  std::vector<FoundColumn> columns = {{"text", "found.body"}};
  if (options.unit != RecordUnit::kFile) columns.push_back({"line", "found.line::BIGINT"});
  columns.insert(columns.end(),
                 {{"file", "found.path"}, {"folder", "found.folder"}, {"name", "found.name"}});
  if (options.detects) columns.push_back({"encoding", "found.encoding"});
  return ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns, "", false);
}

// ---- records as the groups of a pattern ----

// The records of one file.
class MatchedRows : public CellRows {
 public:
  // `dropped` counts the records that are left out.
  MatchedRows(const SourceFile& file, std::unique_ptr<TextRecords> records,
              const TextOptions& options, std::atomic<std::uint64_t>& dropped)
      : location_(file.location),
        names_(NamesOf(file)),
        records_(std::move(records)),
        options_(options),
        dropped_(dropped) {}

  Result<bool> Next(NamedRow& row) override {
    for (;;) {
      TRY_ASSIGN(const bool is_record, records_->Next(record_));
      if (!is_record) return false;
      row.line = record_.line;
      row.column.clear();
      row.reason = record_.reason;
      row.cells.clear();
      if (!row.reason.empty()) {
        row.text = record_.text;
        return true;
      }
      const bool is_matched = options_.pattern->pattern.Capture(record_.text, values_);
      if (!is_matched && options_.pattern->unmatched == kDropUnmatched) {
        ++dropped_;
        continue;
      }
      if (!is_matched && options_.pattern->unmatched == kRefuseUnmatched) {
        row.reason = "`pattern` is not found in it";
        row.text = record_.text;
        return true;
      }
      if (!is_matched) values_.assign(options_.pattern->items.size(), std::nullopt);
      PutCells(row);
      return true;
    }
  }

 private:
  void PutCells(NamedRow& row) {
    const std::vector<std::string>& names = options_.pattern->pattern.names();
    row.text = record_.text;
    row.cells.reserve(names.size() + 6);
    for (std::size_t i = 0; i < names.size(); ++i) {
      row.cells.push_back({names[i], ValueOf(i)});
    }
    if (options_.records.unit != RecordUnit::kFile) {
      row.cells.push_back({"line", std::to_string(record_.line)});
    }
    row.cells.push_back({"file", location_});
    row.cells.push_back({"folder", names_.folder});
    row.cells.push_back({"name", names_.name});
    if (options_.records.detects) {
      row.cells.push_back({"encoding", EncodingName(records_->encoding())});
    }
    if (options_.pattern->unmatched == kKeepUnmatched) {
      row.cells.push_back({"text", std::string(record_.text)});
    }
  }

  std::optional<std::string> ValueOf(std::size_t group) const {
    const std::optional<std::string_view>& value = values_[group];
    if (!value) return std::nullopt;
    const std::optional<TextPattern>& item = options_.pattern->items[group];
    if (item) {
      Json list = Json::array();
      for (const std::string_view each : item->FindAll(*value)) list.push_back(std::string(each));
      return list.dump();
    }
    const std::vector<std::string>& nulls = options_.pattern->nulls;
    if (std::ranges::find(nulls, *value) != nulls.end()) return std::nullopt;
    return std::string(*value);
  }

  std::string location_;
  FileNames names_;
  std::unique_ptr<TextRecords> records_;
  TextOptions options_;
  std::atomic<std::uint64_t>& dropped_;
  TextRecord record_;
  std::vector<std::optional<std::string_view>> values_;
};

std::vector<CellTable::Column> MatchedColumns(const TextOptions& options) {
  const auto typed = [](TypeKind kind) { return std::optional<Type>(Type{kind, 0, 0, {}}); };
  std::vector<CellTable::Column> columns;
  const std::vector<std::string>& names = options.pattern->pattern.names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_list = options.pattern->items[i].has_value();
    columns.push_back({names[i], is_list ? typed(TypeKind::kString) : std::nullopt});
  }
  for (const std::string& name : PlaceNames(options.records)) {
    columns.push_back({name, typed(name == "line" ? TypeKind::kInt64 : TypeKind::kString)});
  }
  if (options.pattern->unmatched == kKeepUnmatched) {
    columns.push_back({"text", typed(TypeKind::kString)});
  }
  return columns;
}

Result<SourceRead> ReadMatches(const SourceContext& context, const TextOptions& options) {
  const auto dropped = std::make_shared<std::atomic<std::uint64_t>>(0);
  CellTable table;
  table.columns = MatchedColumns(options);
  // Every reading counts what it leaves out; what is told below is the count of the first one.
  table.open = [options, dropped](const SourceFile& file) -> Result<std::unique_ptr<CellRows>> {
    TRY_ASSIGN(auto records, TextRecords::Open(file, options.records));
    return std::unique_ptr<CellRows>(
        std::make_unique<MatchedRows>(file, std::move(records), options, *dropped));
  };
  table.row_word = "record";
  table.hint = "look at `pattern` and at what it is to match";
  // Words that mean null are those of the groups alone, not of the names of files.
  Json params = context.params;
  params["nulls"] = Json::array();
  const SourceContext own{context.engine, params, context.files, context.as_text};
  TRY_ASSIGN(SourceRead read, ReadCellRows(own, std::move(table)));
  if (const std::uint64_t records = *dropped; records > 0) {
    read.told.push_back(std::to_string(records) +
                        (records == 1 ? " record in which `pattern` is not found is left out"
                                      : " records in which `pattern` is not found are left out"));
  }
  return read;
}

Result<SourceRead> Read(const SourceContext& context) {
  TRY_ASSIGN(const TextOptions options, OptionsOf(context.params));
  if (options.pattern) return ReadMatches(context, options);
  SourceRead read = ReadTexts(context, options.records);
  read.refused_hint =
      "look at the encoding; `encoding: detect` takes what is not UTF-8 for windows-1252";
  return read;
}

// ---- mistakes that the parameters alone show ----

Status CheckNamesOfGroups(const TextOptions& options) {
  const std::vector<std::string>& names = options.pattern->pattern.names();
  if (names.empty()) {
    return Error{ErrorCode::kUser, "pattern: it names no group, so there are no columns",
                 "name what is to be a column: (?P<status>[0-9]+)"};
  }
  std::vector<std::string> taken = PlaceNames(options.records);
  if (options.pattern->unmatched == kKeepUnmatched) taken.emplace_back("text");
  for (const std::string& name : names) {
    if (std::ranges::find(taken, Lower(name)) != taken.end()) {
      return Error{ErrorCode::kUser, "pattern: a column of this name is there already: " + name,
                   "give the group another name"};
    }
    taken.push_back(Lower(name));
  }
  return {};
}

Status Check(const Json& params) {
  TRY_ASSIGN(const TextOptions options, OptionsOf(params));
  const TextRecordOptions& records = options.records;
  for (const char* name : {"start_pattern", "end_pattern"}) {
    if (params.contains(name) && records.unit != RecordUnit::kLine) {
      return Error{
          ErrorCode::kUser,
          std::string(name) + ": it is for lines; rows are " + params.value("rows", "lines"),
          "leave one of the two out"};
    }
  }
  if (options.pattern) {
    TRY(CheckNamesOfGroups(options));
    return contract::CheckDeclaredTypes(params);
  }
  for (const char* name : {"lists", "nulls", "columns"}) {
    if (!params.contains(name)) continue;
    return Error{ErrorCode::kUser,
                 std::string(name) + ": there is no `pattern` whose groups it means",
                 "add the pattern, or leave it out"};
  }
  if (params.value("unmatched", kRefuseUnmatched) != kRefuseUnmatched) {
    return Error{ErrorCode::kUser, "unmatched: there is no `pattern` that a record could miss",
                 "add the pattern, or leave it out"};
  }
  return {};
}

constexpr char kTextHelp[] =
    "Columns are `text`; `line`, the number of the line on which it begins, from 1, where rows are "
    "not whole files; `file`, the path in the project; `folder`, the name of the folder that the "
    "file is in; `name`, that of the file. A line ends with a line feed, or carriage return and "
    "line feed; a byte-order mark is left out, and all else stays as it is.\n\n"
    "**Records of several lines.** With `start_pattern` a record begins at each line in which that "
    "is found, and takes in the lines behind it (`multiline` in log shippers). With `end_pattern` "
    "it ends with the line in which that is found; with both, each record needs both. With `rows: "
    "paragraphs` records are divided by blank lines. The lines of a record are joined with a line "
    "feed; blank lines at its ends are in no record. Lines that belong to no record, and a record "
    "without its end, are refused.\n\n"
    "**Captures.** `pattern` is a regular expression that is looked for in each record; each named "
    "group, `(?P<status>[0-9]+)` or `(?<status>[0-9]+)`, is a column in place of `text`. `^` and "
    "`$` are the ends of the record, and `.` is any character but a line feed; a pattern that "
    "begins with `(?s)` takes the line feed in too, and with `(?m)` `^` and `$` are the ends of "
    "lines. The syntax is that of RE2, the same as of `regexp_extract` in a sql step: no "
    "expression takes more than time in proportion to the text, so there are no back-references "
    "and no look-around. A group that takes no part, or holds one of `nulls`, is null. `lists` "
    "makes a JSON list of a group: of all places in it where the item's own expression is found, "
    "its first group or, without one, all of it (`from_json` in a sql step takes it apart). "
    "A record in which the pattern is not found is refused, with its file and line; `unmatched: "
    "keep` makes a row of nulls of it, and gives all rows the column `text`; `drop` leaves it out "
    "and tells how many there were.\n\n"
    "**Types.** Without `pattern` all is text. With one, the types of its groups are detected over "
    "all records (whole numbers, numbers, truth, days and moments in ISO form) or declared in "
    "`columns` as for `csv`; a record with a value that its declared type cannot hold unbent is "
    "refused.\n\n"
    "With `encoding: utf-8` a row that is not UTF-8 is refused, with the byte and its place, and "
    "readable as `NAME.refused`. `latin-1` and `windows-1252` give every byte a meaning. `detect` "
    "takes a file that is UTF-8 for that and any other for windows-1252, and the column `encoding` "
    "says which. A row with a zero byte is refused in every encoding: that is no text (UTF-16, for "
    "one), and so is one of more than 256 MiB. One row at a time is in memory, whatever the file's "
    "size. Files whose name ends in `.gz` or `.zst` are unpacked as they are read.";

std::vector<contract::Param> TextParams() {
  using contract::ParamType;
  return {{.name = "files",
           .type = ParamType::kPaths,
           .summary = "path or glob, or a list of them",
           .required = true},
          {.name = "rows",
           .type = ParamType::kChoice,
           .summary = "what becomes a row",
           .by_default = "lines",
           .choices = {"lines", kParagraphs, kFiles}},
          {.name = "start_pattern",
           .type = ParamType::kString,
           .summary = "a record begins at each line in which this regular expression is found"},
          {.name = "end_pattern",
           .type = ParamType::kString,
           .summary = "a record ends with the line in which this regular expression is found"},
          {.name = "pattern",
           .type = ParamType::kString,
           .summary = "a regular expression whose named groups become columns"},
          {.name = "lists",
           .type = ParamType::kMapping,
           .summary = "group to a regular expression: all places in the group where it is found, "
                      "as a JSON list"},
          {.name = "unmatched",
           .type = ParamType::kChoice,
           .summary = "what becomes of a record in which the pattern is not found",
           .by_default = kRefuseUnmatched,
           .choices = {kRefuseUnmatched, kKeepUnmatched, kDropUnmatched}},
          {.name = "nulls",
           .type = ParamType::kScalars,
           .summary = "words that mean null in a group; the empty text where not said"},
          {.name = "columns",
           .type = ParamType::kMapping,
           .summary = "group to type, for groups whose type is not to be detected"},
          {.name = "encoding",
           .type = ParamType::kChoice,
           .summary = "how characters are written in bytes",
           .by_default = "utf-8",
           .choices = {"utf-8", "latin-1", "windows-1252", kDetect}}};
}

}  // namespace

SourceKind text_source() {
  return {.info = {.name = "text",
                   .summary = "text files, a row for each line, record or file",
                   .help = kTextHelp,
                   .version = 1,
                   .params = TextParams(),
                   .refuses = [](const Json&) { return true; },
                   .check = Check,
                   .suffixes = WithPacked({".txt"}),
                   .example =
                       "sources:\n  mails:\n    kind: text\n    files: [mails/ham/*, "
                       "mails/spam/*]\n    rows: files\n    encoding: detect\n"
                       "  requests:\n    kind: text\n    files: logs/access-*.log\n"
                       "    pattern: '^(?P<address>\\S+) \\[(?P<day>[^]]+)\\] \"(?P<method>[A-Z]+) "
                       "(?P<path>\\S+)\" (?P<status>[0-9]{3}) (?P<size>[0-9]+|-)$'\n"
                       "    nulls: [\"-\"]\n    columns: {status: int16}\n"
                       "  questions:\n    kind: text\n    files: quiz/*.quiz\n"
                       "    start_pattern: '^#Q '\n"
                       "    pattern: '(?s)^#Q (?P<question>.*?)\\n\\^ "
                       "(?P<answer>[^\\n]*)(?P<choices>(?:\\n[A-Z] [^\\n]*)+)$'\n"
                       "    lists: {choices: '(?m)^[A-Z] (.*)$'}\n"},
          .read = Read};
}

}  // namespace assay::source
