#include "source/delimited_text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>

#include "contract/type_name.h"
#include "engine/checked_cast.h"
#include "engine/sql_text.h"
#include "source/text_file.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr char kRejects[] = "_assay_rejects";
constexpr char kScans[] = "_assay_reject_scans";
constexpr char kLines[] = "_assay_reject_lines";
constexpr char kFile[] = "_assay_source_file";
constexpr char kNoQuote[] = "none";

std::string TextOption(const Json& params, const char* param, const char* option) {
  const std::string value = params.value(param, "");
  return value.empty() ? "" : std::string(", ") + option + " = " + QuoteText(value);
}

// Options that say how the text is cut into cells, shared by detection and reading.
std::string CellOptions(const SourceContext& context) {
  const Json& params = context.params;
  const Packing packing = PackingOf(context.files[0].location);
  std::string options = packing == Packing::kNone
                            ? ""
                            : std::string(", compression = '") + PackingName(packing) + "'";
  options += TextOption(params, "delimiter", "delim");
  // The engine has another quote where it is told none.
  options += params.value("quote", "") == kNoQuote
                 ? ", quote = '', escape = ''"
                 : TextOption(params, "quote", "quote") + TextOption(params, "escape", "escape");
  options += std::string(", hive_partitioning = false, header = ") +
             (params.value("header", true) ? "true" : "false");
  const Json nulls = params.value("nulls", Json::array());
  std::string words;
  for (const Json& word : nulls) {
    words += (words.empty() ? "" : ", ") + QuoteText(word.get<std::string>());
  }
  if (!words.empty()) options += ", nullstr = [" + words + "]";
  return options;
}

std::string PathList(const std::vector<SourceFile>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const SourceFile& file : files) paths.push_back(file.object.string());
  return engine::TextList(paths);
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

const Type kText{TypeKind::kString, 0, 0, {}};

// The cells of files as text, with the names of `columns`, and the file as `kFile` where asked.
std::string TextCells(const SourceContext& context, const std::vector<SourceFile>& files,
                      const Schema& columns, bool with_file = false) {
  return "read_csv(" + PathList(files) + CellOptions(context) +
         ", auto_detect = false, ignore_errors = true, columns = " + TextColumns(columns) +
         (with_file ? std::string(", filename = '") + kFile + "')" : ")");
}

// How many cells fit a condition, and one of them, for each column that has a condition; one pass.
struct Found {
  std::size_t column = 0;
  std::string cells;    // how many
  std::string example;  // the least of them
};
Result<std::vector<Found>> FindCells(const SourceContext& context, const std::string& cells,
                                     const Schema& columns,
                                     const std::vector<std::string>& conditions) {
  std::string select;
  std::vector<Found> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (conditions[i].empty()) continue;
    // No FILTER: the engine keeps room for all columns for each of those.
    const std::string cell =
        "CASE WHEN " + conditions[i] + " THEN " + QuoteName(columns[i].name) + " END";
    select += (select.empty() ? "count(" : ", count(") + cell + "), min(" + cell + ")";
    found.push_back({i, "", ""});
  }
  if (found.empty()) return found;
  TRY_ASSIGN(const engine::Grid grid, context.engine.Query("SELECT " + select + " FROM " + cells));
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i].cells = grid.rows.at(0).at(2 * i).value_or("0");
    found[i].example = grid.rows[0][2 * i + 1].value_or("");
  }
  std::erase_if(found, [](const Found& one) { return one.cells == "0"; });
  return found;
}

// A number of digits alone that a double would bend: an identifier, as a rule.
std::string BentByDouble(const std::string& column) {
  const std::string cell = "trim(" + column + ")";
  const std::string exact = "TRY_CAST(" + cell + " AS HUGEINT)";
  const std::string bent = "TRY_CAST(TRY_CAST(" + cell + " AS DOUBLE) AS HUGEINT)";
  return "regexp_full_match(" + cell + ", '\\s*[+-]?[0-9]+\\s*') AND (" + exact + " IS NULL OR " +
         bent + " IS DISTINCT FROM " + exact + ")";
}

// The columns of some files as they are detected over all of each: a sample would let the answer
// depend on its size.
Result<std::vector<Schema>> Sniff(const SourceContext& context,
                                  const std::vector<SourceFile>& files) {
  std::string each;
  for (std::size_t i = 0; i < files.size(); ++i) {
    each += (i > 0 ? " UNION ALL SELECT " : "SELECT ") + std::to_string(i) +
            " AS file, Columns, DateFormat, TimestampFormat FROM sniff_csv(" +
            QuoteText(files[i].object.string()) + CellOptions(context) +
            ", sample_size = -1, skip = 0, comment = '', ignore_errors = true)";
  }
  TRY_ASSIGN(const engine::Grid grid,
             context.engine.Query(
                 "SELECT file, c.name, c.type, DateFormat, TimestampFormat FROM (SELECT file, "
                 "DateFormat, TimestampFormat, unnest(Columns) AS c, generate_subscripts(Columns, "
                 "1) AS place FROM (" +
                 each + ")) ORDER BY file, place"));
  // Days and moments in any form but ISO's are text: 01/02/2001 is not ours to guess.
  const auto is_iso = [](const std::optional<std::string>& format) {
    return !format || format->empty() || format->starts_with("%Y-%m-%d");
  };
  std::vector<Schema> schemas(files.size());
  for (const auto& row : grid.rows) {
    Field field{row.at(1).value_or(""), kText};
    TRY_ASSIGN(field.type, contract::TypeNamed(row.at(2).value_or("")));
    const std::size_t format = field.type.kind == TypeKind::kDate ? 3 : 4;
    if (IsDayOrMoment(field) && !is_iso(row.at(format))) field.type = kText;
    schemas.at(std::strtoull(row.at(0).value_or("0").c_str(), nullptr, 10)).push_back(field);
  }
  return schemas;
}

// The columns of each file. Many at once: a query for each would cost more than a small file does.
Result<std::vector<Schema>> DetectAll(const SourceContext& context) {
  constexpr std::size_t kAtOnce = 32;
  const bool header = context.params.value("header", true);
  const std::vector<SourceFile>& files = context.files;
  for (const SourceFile& file : files) {
    TRY(CheckIsText(file, header ? "its header" : "its first line"));
  }
  std::vector<Schema> schemas;
  for (std::size_t first = 0; first < files.size(); first += kAtOnce) {
    const auto begin = files.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(kAtOnce, files.size() - first);
    const std::vector<SourceFile> some(begin, begin + static_cast<std::ptrdiff_t>(count));
    auto found = Sniff(context, some);
    for (std::size_t i = 0; !found.ok() && i < some.size(); ++i) {
      const auto one = Sniff(context, {some[i]});
      if (one.ok()) continue;
      if (one.error().code == ErrorCode::kIo) return one.error();
      // The engine's own advice speaks of options that are not ours.
      return Error{ErrorCode::kData,
                   some[i].location + " is not delimited text of the declared form",
                   "look for a quote that is not closed, another delimiter, line ends of two "
                   "kinds, text that is not UTF-8, a line of over 2 MB, or lines before the "
                   "header"};
    }
    if (!found.ok()) return found;
    std::ranges::move(*found, std::back_inserter(schemas));
  }
  return schemas;
}

std::string NamesText(const Schema& schema) {
  std::string names;
  for (const Field& field : schema) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

// The type that holds what two files hold; text when nothing else does.
Type CommonType(const Type& a, const Type& b) {
  if (a == b) return a;
  const auto both = [&](TypeKind one, TypeKind other) {
    return (a.kind == one && b.kind == other) || (a.kind == other && b.kind == one);
  };
  if (both(TypeKind::kDate, TypeKind::kTimestamp)) return {TypeKind::kTimestamp, 0, 0, {}};
  if (both(TypeKind::kInt64, TypeKind::kFloat64)) return {TypeKind::kFloat64, 0, 0, {}};
  return kText;
}

// Which columns of each file have a value. A column without one is detected as text and says
// nothing of the type. All files have the names of `columns`.
Result<std::vector<std::vector<bool>>> HaveValues(const SourceContext& context,
                                                  const Schema& columns) {
  std::string counts;
  for (const Field& field : columns) counts += ", count(" + QuoteName(field.name) + ") > 0";
  constexpr std::size_t kAtOnce = 1000;
  std::vector<std::vector<bool>> have;
  for (std::size_t first = 0; first < context.files.size(); first += kAtOnce) {
    const auto begin = context.files.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(kAtOnce, context.files.size() - first);
    const std::vector<SourceFile> some(begin, begin + static_cast<std::ptrdiff_t>(count));
    TRY_ASSIGN(const engine::Grid grid,
               context.engine.Query(std::string("SELECT ") + kFile + counts + " FROM " +
                                    TextCells(context, some, columns, true) + " GROUP BY 1"));
    // A file of no rows has none here, and files of the same bytes have one.
    std::map<std::string, std::vector<bool>> found;
    for (const auto& row : grid.rows) {
      std::vector<bool>& has = found[row.at(0).value_or("")];
      for (std::size_t i = 1; i < row.size(); ++i) has.push_back(row[i] == "true");
    }
    for (const SourceFile& file : some) {
      std::vector<bool>& has = found[file.object.string()];
      has.resize(columns.size());
      have.push_back(has);
    }
  }
  return have;
}

// The types of all files together, so that neither their names nor their order decide.
Result<Schema> CommonTypes(const SourceContext& context, const std::vector<Schema>& files) {
  Schema columns = files[0];
  const bool alike =
      std::all_of(files.begin(), files.end(), [&](const Schema& file) { return file == columns; });
  if (!alike) {
    TRY_ASSIGN(const auto have, HaveValues(context, columns));
    for (std::size_t column = 0; column < columns.size(); ++column) {
      std::optional<Type> common;
      for (std::size_t i = 0; i < files.size(); ++i) {
        if (!have[i][column]) continue;
        const Type& type = files[i][column].type;
        common = common ? CommonType(*common, type) : type;
      }
      columns[column].type = common.value_or(kText);
    }
  }
  std::vector<std::string> conditions;
  for (const Field& field : columns) {
    // Long whole numbers must survive, and those of one file the fractions of another.
    const bool is_double = field.type.kind == TypeKind::kFloat64;
    conditions.push_back(is_double ? BentByDouble(QuoteName(field.name)) : "");
  }
  TRY_ASSIGN(const auto bent,
             FindCells(context, TextCells(context, context.files, columns), columns, conditions));
  for (const Found& one : bent) columns[one.column].type = kText;
  return columns;
}

// The columns of the files, with the types of all of them; all files must have them in one order,
// for cells are taken by their place in the line.
Result<Schema> Columns(const SourceContext& context) {
  const auto declared = contract::PairsOf(context.params, "columns");
  TRY_ASSIGN(const std::vector<Schema> files, DetectAll(context));
  const std::vector<std::string> names = FieldNames(files[0]);
  for (std::size_t i = 1; i < files.size(); ++i) {
    if (FieldNames(files[i]) == names) continue;
    return Error{ErrorCode::kData,
                 context.files[i].location + " has the columns " + NamesText(files[i]) + " where " +
                     context.files[0].location + " has " + NamesText(files[0]),
                 "make the files alike, or declare them as two sources"};
  }
  for (const auto& [name, type] : declared) {
    if (FindField(files[0], name) != nullptr) continue;
    return Error{ErrorCode::kUser,
                 "no column of this name in " + context.files[0].location + ": " + name,
                 "its columns are " + NamesText(files[0])};
  }
  TRY_ASSIGN(Schema columns, CommonTypes(context, files));
  for (Field& field : columns) {
    if (context.WantsText(field.name)) field.type = kText;
    for (const auto& [name, type] : declared) {
      if (name != field.name) continue;
      TRY_ASSIGN(field.type, contract::TypeNamed(type));
    }
  }
  return columns;
}

// A cell that would be rounded or cut without a word is an error.
Status CheckNothingIsLost(const SourceContext& context, const Schema& columns) {
  std::vector<std::string> conditions;
  for (const Field& field : columns) {
    conditions.push_back(engine::LossOfText(field.type, QuoteName(field.name)).condition);
  }
  TRY_ASSIGN(const auto found,
             FindCells(context, TextCells(context, context.files, columns), columns, conditions));
  if (found.empty()) return {};
  const Field& field = columns[found[0].column];
  const bool is_whole = IsInteger(field.type);
  return Error{ErrorCode::kData,
               "column " + field.name + " " + engine::LossOfText(field.type, "").what + ", " +
                   found[0].example + " among them, in rows: " + found[0].cells,
               "declare it, as `columns: {" + field.name + ": " +
                   (is_whole ? "DOUBLE" : "VARCHAR") + "}`" +
                   (is_whole ? "" : ", and cast it in a sql step")};
}

// Objects are named by their content: files of the same bytes are one, with all their names.
std::string LocationMap(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> names;
  for (const SourceFile& file : files) {
    std::string& name = names[file.object.string()];
    name += (name.empty() ? "" : " or ") + file.location;
  }
  std::vector<std::string> objects, found;
  for (const auto& [object, name] : names) {
    objects.push_back(object);
    found.push_back(name);
  }
  return "MAP(" + engine::TextList(objects) + ", " + engine::TextList(found) + ")";
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

// The engine counts rows where a person counts lines; a cell may hold line ends.
Status WriteLines(engine::Engine& engine, const std::vector<SourceFile>& files) {
  TRY(engine.Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kLines +
                     " (file VARCHAR, place BIGINT, line BIGINT)"));
  TRY_ASSIGN(const engine::Grid rejects,
             engine.Query(std::string("SELECT DISTINCT s.file_path, "
                                      "r.line_byte_position::BIGINT FROM ") +
                          kRejects + " r JOIN " + kScans +
                          " s ON r.scan_id = s.scan_id AND r.file_id = s.file_id "
                          "WHERE r.line_byte_position IS NOT NULL ORDER BY 1, 2"));
  std::map<std::string, std::vector<std::int64_t>> offsets;
  for (const auto& row : rejects.rows) {
    offsets[row[0].value_or("")].push_back(std::strtoll(row[1]->c_str(), nullptr, 10));
  }
  constexpr std::size_t kAtOnce = 10'000;
  for (const auto& [object, places] : offsets) {
    const auto file =
        std::ranges::find(files, object, [](const SourceFile& one) { return one.object.string(); });
    if (file == files.end()) continue;
    TRY_ASSIGN(const std::vector<std::int64_t> lines, LinesOf(*file, places));
    for (std::size_t first = 0; first < lines.size(); first += kAtOnce) {
      std::string values;
      for (std::size_t i = first; i < std::min(first + kAtOnce, lines.size()); ++i) {
        values += (values.empty() ? "(" : ", (") + QuoteText(object) + ", " +
                  std::to_string(places[i]) + ", " + std::to_string(lines[i]) + ")";
      }
      TRY(engine.Execute(std::string("INSERT INTO ") + kLines + " VALUES " + values));
    }
  }
  return {};
}

// One query reads all files, with one packing. The engine takes what is left of a file that is cut
// short for all of it.
Status CheckPacking(const std::vector<SourceFile>& files) {
  const Packing first = PackingOf(files[0].location);
  for (const SourceFile& file : files) {
    if (PackingOf(file.location) != first) {
      return Error{ErrorCode::kData,
                   "files of one source are packed in different ways: " + files[0].location + ", " +
                       file.location,
                   "pack all alike or none, or declare them as two sources"};
    }
    TRY(CheckUnpacks(file));
  }
  return {};
}

}  // namespace

Status CheckDelimited(const Json& params) {
  const std::string delimiter = params.value("delimiter", ",");
  const bool has_letter = std::any_of(delimiter.begin(), delimiter.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0; });
  if ((has_letter && delimiter != "\\t") || delimiter.size() > 4) {
    return Error{ErrorCode::kUser, "not a delimiter: " + delimiter,
                 "write the character itself, a tab as \"\\t\""};
  }
  return contract::CheckDeclaredTypes(params);
}

std::vector<contract::Param> DelimitedParams(const std::string& delimiter) {
  using contract::ParamType;
  return {{.name = "files",
           .type = ParamType::kPaths,
           .summary = "path or glob, or a list of them",
           .required = true},
          {.name = "delimiter",
           .type = ParamType::kString,
           .summary = "what stands between cells",
           .by_default = delimiter},
          {.name = "quote",
           .type = ParamType::kString,
           .summary = "what stands around cells; `none`: a quote is a character like others",
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
           .summary = "name of a column that gets each row's file name"}};
}

Result<SourceRead> ReadDelimited(const SourceContext& context) {
  TRY(CheckPacking(context.files));
  TRY_ASSIGN(const Schema columns, Columns(context));
  std::string typed;
  for (const Field& field : columns) {
    typed += (typed.empty() ? "" : ", ") + QuoteText(field.name) + ": " +
             QuoteText(engine::TypeSql(field.type));
  }
  TRY(CheckNothingIsLost(context, columns));
  // Rejects of an earlier source in this instance must not be taken for ours.
  TRY(context.engine.Execute(std::string("DROP TABLE IF EXISTS ") + kRejects));
  TRY(context.engine.Execute(std::string("DROP TABLE IF EXISTS ") + kScans));
  const std::string column = context.params.value("file_column", "");
  if (!column.empty()) TRY(CheckDifferentBytes(context.files));
  SourceRead read;
  const std::string table = "read_csv(" + PathList(context.files) + CellOptions(context) +
                            ", auto_detect = false, columns = {" + typed + "}, filename = '" +
                            kFile +
                            "', store_rejects = true, rejects_limit = 0, rejects_table = '" +
                            kRejects + "', rejects_scan = '" + kScans + "')";
  const std::string locations = LocationMap(context.files);
  std::string select = std::string("SELECT * EXCLUDE (") + kFile + ")";
  if (!column.empty()) select += ", " + locations + "[" + kFile + "] AS " + QuoteName(column);
  read.query = select + " FROM " + table;
  read.indexed_query = select + ", file_index AS _assay_file_index FROM " + table;
  if (context.files.size() >= engine::kManyFiles) {
    const std::size_t own = columns.size() + (column.empty() ? 0 : 1);
    read.query = engine::InSequence(read.query, own);
    read.indexed_query = engine::InSequence(read.indexed_query, own + 1);
  }
  read.refused = [&engine = context.engine, &files = context.files,
                  locations]() -> Result<std::string> {
    TRY(WriteLines(engine, files));
    // One row may be rejected for several cells; its first reason is told.
    return "SELECT " + locations +
           "[s.file_path] AS location, coalesce(min(l.line), r.line::BIGINT) AS line, "
           "first(r.column_name ORDER BY r.column_idx) AS \"column\", "
           "first(r.error_message ORDER BY r.column_idx) AS reason, "
           "ltrim(any_value(r.csv_line), chr(10) || chr(13)) AS text FROM " +
           kRejects + " r JOIN " + kScans +
           " s ON r.scan_id = s.scan_id AND r.file_id = s.file_id LEFT JOIN " + kLines +
           " l ON l.file = s.file_path AND l.place = r.line_byte_position "
           "WHERE r.scan_id = (SELECT max(scan_id) FROM " +
           kScans + ") GROUP BY s.file_id, s.file_path, r.line ORDER BY s.file_id, 2";
  };
  return read;
}

}  // namespace assay::source
