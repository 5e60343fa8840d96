#include <algorithm>
#include <map>

#include "engine/sql_text.h"
#include "source/source.h"

namespace assay::source {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr char kRejects[] = "_assay_rejects";
constexpr char kScans[] = "_assay_reject_scans";
constexpr char kFile[] = "_assay_source_file";

std::string TextOption(const Json& params, const char* param, const char* option) {
  const std::string value = params.value(param, "");
  return value.empty() ? "" : std::string(", ") + option + " = " + QuoteText(value);
}

// Options that say how the text is cut into cells, shared by detection and reading.
std::string CellOptions(const Json& params) {
  std::string options = TextOption(params, "delimiter", "delim") +
                        TextOption(params, "quote", "quote") +
                        TextOption(params, "escape", "escape");
  options += std::string(", header = ") + (params.value("header", true) ? "true" : "false");
  const Json nulls = params.value("nulls", Json::array());
  std::string words;
  for (const Json& word : nulls) {
    words += (words.empty() ? "" : ", ") +
             QuoteText(word.is_string() ? word.get<std::string>() : word.dump());
  }
  if (!words.empty()) options += ", nullstr = [" + words + "]";
  return options;
}

std::string PathList(const std::vector<SourceFile>& files) {
  std::string list;
  for (const SourceFile& file : files) {
    list += (list.empty() ? "" : ", ") + QuoteText(file.object.string());
  }
  return "[" + list + "]";
}

// The columns all as text, as the `columns` option wants them.
std::string TextColumns(const Schema& columns) {
  std::string list;
  for (const Field& field : columns) {
    list += (list.empty() ? "" : ", ") + QuoteText(field.name) + ": 'VARCHAR'";
  }
  return "{" + list + "}";
}

bool IsDayOrMoment(const Field& field) {
  return field.type.kind == TypeKind::kDate || field.type.kind == TypeKind::kTimestamp ||
         field.type.kind == TypeKind::kTimestampUtc;
}

// The columns of one file as they are detected over all of it: a sample would let the answer depend
// on its size.
Result<Schema> Detect(const SourceContext& context, const SourceFile& file) {
  const std::string options = PathList({file}) + CellOptions(context.params) +
                              ", sample_size = -1, skip = 0, comment = '', ignore_errors = true";
  auto found = context.engine.Describe("SELECT * FROM read_csv(" + options + ")");
  if (!found.ok()) {
    // The engine's own advice speaks of options that are not ours.
    return Error{ErrorCode::kData, file.location + " is not delimited text of the declared form",
                 "look for a quote that is not closed, another delimiter, line ends of two kinds, "
                 "text that is not UTF-8, or lines before the header"};
  }
  if (std::none_of(found->begin(), found->end(), IsDayOrMoment)) return found;
  TRY_ASSIGN(const engine::Grid formats,
             context.engine.Query("SELECT DateFormat, TimestampFormat FROM sniff_csv(" +
                                  QuoteText(file.object.string()) + CellOptions(context.params) +
                                  ", sample_size = -1, skip = 0, comment = '', "
                                  "ignore_errors = true)"));
  // Days and moments in any form but ISO's are text: 01/02/2001 is not ours to guess.
  const auto is_iso = [&](std::size_t column) {
    const auto& format = formats.rows.at(0).at(column);
    return !format || format->empty() || format->starts_with("%Y-%m-%d");
  };
  for (Field& field : *found) {
    const std::size_t format = field.type.kind == TypeKind::kDate ? 0 : 1;
    if (IsDayOrMoment(field) && !is_iso(format)) field.type = {TypeKind::kString, 0, 0, {}};
  }
  return found;
}

std::string NamesText(const Schema& schema) {
  std::string names;
  for (const Field& field : schema) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

// The columns of the first file, with the declared types; all files must have them in this order,
// for cells are taken by their place in the line.
Result<Schema> Columns(const SourceContext& context) {
  const Json declared = context.params.value("columns", Json::object());
  TRY_ASSIGN(Schema columns, Detect(context, context.files[0]));
  for (std::size_t i = 1; i < context.files.size(); ++i) {
    TRY_ASSIGN(const Schema other, Detect(context, context.files[i]));
    if (FieldNames(other) == FieldNames(columns)) continue;
    return Error{ErrorCode::kData,
                 context.files[i].location + " has the columns " + NamesText(other) + " where " +
                     context.files[0].location + " has " + NamesText(columns),
                 "make the files alike, or declare them as two sources"};
  }
  for (const auto& [name, type] : declared.items()) {
    if (FindField(columns, name) != nullptr) continue;
    return Error{ErrorCode::kUser,
                 "no column of this name in " + context.files[0].location + ": " + name,
                 "its columns are " + NamesText(columns)};
  }
  return columns;
}

std::string TypeOf(const Field& field, const Json& declared) {
  return declared.contains(field.name) ? declared[field.name].get<std::string>()
                                       : engine::TypeSql(field.type);
}

// A cell 1.5 in a column of whole numbers would be rounded without a word; it is an error instead.
Status CheckWholeNumbers(const SourceContext& context, const Schema& columns,
                         const std::string& cells) {
  const Json declared = context.params.value("columns", Json::object());
  for (const Field& field : columns) {
    TRY_ASSIGN(const Schema type,
               context.engine.Describe("SELECT CAST(NULL AS " + TypeOf(field, declared) + ") AS c")
                   .While("type of column " + field.name));
    if (!IsInteger(type[0].type)) continue;
    const std::string name = QuoteName(field.name);
    TRY_ASSIGN(const engine::Grid grid,
               context.engine.Query("SELECT count(*), min(" + name + ") FROM read_csv(" + cells +
                                    ", auto_detect = false, ignore_errors = true, columns = " +
                                    TextColumns(columns) + ") WHERE TRY_CAST(" + name +
                                    " AS DOUBLE) IS NOT NULL AND TRY_CAST(" + name +
                                    " AS DOUBLE) <> trunc(TRY_CAST(" + name + " AS DOUBLE))"));
    if (grid.rows.at(0).at(0) == "0") continue;
    return Error{ErrorCode::kData,
                 "column " + field.name + " of whole numbers has fractions, " +
                     grid.rows[0][1].value_or("") + " among them, in rows: " + *grid.rows[0][0],
                 "declare it, as `columns: {" + field.name + ": DOUBLE}`"};
  }
  return {};
}

// Objects are named by their content: files of the same bytes are one, with all their names.
std::string LocationMap(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> names;
  for (const SourceFile& file : files) {
    std::string& name = names[file.object.string()];
    name += (name.empty() ? "" : " or ") + file.location;
  }
  std::string map;
  for (const auto& [object, name] : names) {
    map += (map.empty() ? "" : ", ") + QuoteText(object) + ": " + QuoteText(name);
  }
  return "MAP {" + map + "}";
}

Status CheckDifferentBytes(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> seen;
  for (const SourceFile& file : files) {
    const auto [known, is_new] = seen.emplace(file.object.string(), file.location);
    if (is_new) continue;
    return Error{ErrorCode::kData,
                 "files of the same bytes cannot be told apart in `file_column`: " + known->second +
                     ", " + file.location,
                 "take one away, or do without `file_column`"};
  }
  return {};
}

Result<SourceRead> Read(const SourceContext& context) {
  TRY_ASSIGN(const Schema columns, Columns(context));
  const Json declared = context.params.value("columns", Json::object());
  std::string typed;
  for (const Field& field : columns) {
    typed += (typed.empty() ? "" : ", ") + QuoteText(field.name) + ": " +
             QuoteText(TypeOf(field, declared));
  }
  const std::string cells = PathList(context.files) + CellOptions(context.params);
  TRY(CheckWholeNumbers(context, columns, cells));
  // Rejects of an earlier source in this instance must not be taken for ours.
  TRY(context.engine.Execute(std::string("DROP TABLE IF EXISTS ") + kRejects));
  TRY(context.engine.Execute(std::string("DROP TABLE IF EXISTS ") + kScans));
  const std::string column = context.params.value("file_column", "");
  if (!column.empty()) TRY(CheckDifferentBytes(context.files));
  SourceRead read;
  const std::string table = "read_csv(" + cells + ", auto_detect = false, columns = {" + typed +
                            "}, filename = '" + kFile +
                            "', store_rejects = true, rejects_limit = 0, rejects_table = '" +
                            kRejects + "', rejects_scan = '" + kScans + "')";
  const std::string locations = LocationMap(context.files);
  read.query = std::string("SELECT * EXCLUDE (") + kFile + ")";
  if (!column.empty()) {
    read.query += ", " + locations + "[" + kFile + "] AS " + QuoteName(column);
  }
  read.query += " FROM " + table;
  // One row may be rejected for several cells; its first reason is told.
  read.refused_query = "SELECT " + locations +
                       "[s.file_path] AS location, r.line::BIGINT AS line, "
                       "first(r.column_name ORDER BY r.column_idx) AS \"column\", "
                       "first(r.error_message ORDER BY r.column_idx) AS reason, "
                       "any_value(r.csv_line) AS text FROM " +
                       kRejects + " r JOIN " + kScans +
                       " s ON r.scan_id = s.scan_id AND r.file_id = s.file_id "
                       "WHERE r.scan_id = (SELECT max(scan_id) FROM " +
                       kScans + ") GROUP BY s.file_id, s.file_path, r.line ORDER BY s.file_id, 2";
  return read;
}

}  // namespace

SourceKind csv_source() {
  using contract::ParamType;
  return {
      .info = {.name = "csv",
               .summary = "delimited text files",
               .help =
                   "Column types are declared in `columns` or detected over the whole first "
                   "file. A row that does not parse is refused, with its file, line, column and "
                   "reason, and readable as `NAME.refused`. Text is UTF-8.",
               .version = 1,
               .params = {{.name = "files",
                           .type = ParamType::kPaths,
                           .summary = "path or glob, or a list of them",
                           .required = true},
                          {.name = "delimiter",
                           .type = ParamType::kString,
                           .summary = "what stands between cells",
                           .by_default = ","},
                          {.name = "quote",
                           .type = ParamType::kString,
                           .summary = "what stands around cells",
                           .by_default = "\""},
                          {.name = "escape",
                           .type = ParamType::kString,
                           .summary = "what stands before a quote within a cell",
                           .by_default = "\""},
                          {.name = "header",
                           .type = ParamType::kBool,
                           .summary = "the first line names the columns",
                           .by_default = true},
                          {.name = "nulls",
                           .type = ParamType::kScalars,
                           .summary = "words that mean null",
                           .by_default = Json::array({""})},
                          {.name = "columns",
                           .type = ParamType::kMapping,
                           .summary = "column name to type, for columns whose type is not to be "
                                      "detected"},
                          {.name = "file_column",
                           .type = ParamType::kString,
                           .summary = "name of a column that gets each row's file name"}},
               .suffixes = {".csv"},
               .example = "sources:\n  airports: {files: data/airports.csv, nulls: [\"\", NA]}\n"},
      .read = Read};
}

}  // namespace assay::source
