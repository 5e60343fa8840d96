#include "source/csv_columns.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "contract/type_name.h"
#include "engine/sql_text.h"
#include "source/cell_reader.h"
#include "source/column_cells.h"
#include "source/decoded_file.h"
#include "source/delimited_text.h"
#include "source/open_quote.h"
#include "source/text_file.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

using engine::QuoteName;
using engine::QuoteText;

std::string TextOption(const Json& params, const char* param, const char* option) {
  const std::string value = params.value(param, "");
  return value.empty() ? "" : std::string(", ") + option + " = " + QuoteText(value);
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

// Rows that the engine looks at; a whole number of its vectors.
constexpr int kFirstRows = 20480;
constexpr int kAllRows = -1;

// The columns of some files as they are detected over so many rows of each.
Result<std::vector<Schema>> Sniff(const SourceContext& context,
                                  const std::vector<SourceFile>& files, int rows) {
  std::string each;
  for (std::size_t i = 0; i < files.size(); ++i) {
    each += (i > 0 ? " UNION ALL SELECT " : "SELECT ") + std::to_string(i) +
            " AS file, Columns, DateFormat, TimestampFormat FROM sniff_csv(" +
            QuoteText(files[i].object.string()) + CellOptions(context) +
            ", sample_size = " + std::to_string(rows) +
            ", skip = 0, comment = '', ignore_errors = true)";
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

// An encoding that the bytes look like is told.
Status CheckIsUtf8Text(const SourceFile& file, const std::string& what) {
  const Status status = CheckIsText(file, what);
  if (status.ok() || status.error().code != ErrorCode::kData) return status;
  const auto encoding = DetectFileEncoding(file);
  if (!encoding.ok() || *encoding == "utf-8") return status;
  // What is packed or of another format is no text of any encoding.
  if (!encoding->starts_with("utf-16") && !CheckHasNoMark(file).ok()) return status;
  Error error = status.error();
  error.hint = "declare `encoding: " + *encoding + "`, which its bytes look like";
  return error;
}

Status CheckFirstLines(const SourceContext& context) {
  const bool header = context.params.value("header", true);
  for (const SourceFile& file : context.files) {
    TRY(CheckIsUtf8Text(file, header ? "its header" : "its first line"));
  }
  return {};
}

// The columns of each file over all its rows: a part would let the answer depend on its size. Many
// at once: a query for each would cost more than a small file does.
Result<std::vector<Schema>> DetectAll(const SourceContext& context) {
  constexpr std::size_t kAtOnce = 32;
  const std::vector<SourceFile>& files = context.files;
  TRY(CheckFirstLines(context));
  std::vector<Schema> schemas;
  for (std::size_t first = 0; first < files.size(); first += kAtOnce) {
    const auto begin = files.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(kAtOnce, files.size() - first);
    const std::vector<SourceFile> some(begin, begin + static_cast<std::ptrdiff_t>(count));
    auto found = Sniff(context, some, kAllRows);
    for (std::size_t i = 0; !found.ok() && i < some.size(); ++i) {
      const auto one = Sniff(context, {some[i]}, kAllRows);
      if (one.ok()) continue;
      if (one.error().code == ErrorCode::kIo) return one.error();
      TRY(CheckQuotes(some[i], context.params));
      TRY(CheckQuotesAreClosed(some[i], DelimitedLayout(context.params)));
      // The engine's own advice speaks of options that are not ours.
      return Error{ErrorCode::kData,
                   some[i].location + " is not delimited text of the declared form",
                   "look for another `delimiter` or `quote`, line ends of two kinds, text that is "
                   "not UTF-8 (`encoding`), a line of over 2 MB, or lines before the header "
                   "(`skip`)"};
    }
    if (!found.ok()) return found;
    std::ranges::move(*found, std::back_inserter(schemas));
  }
  return schemas;
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
               context.engine.Query(std::string("SELECT ") + kFileOfCells + counts + " FROM " +
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
  TRY_ASSIGN(const auto bent, FindCells(context.engine, TextCells(context, context.files, columns),
                                        columns, conditions));
  for (const FoundCells& one : bent) columns[one.column].type = kText;
  return columns;
}

}  // namespace

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

std::string TextCells(const SourceContext& context, const std::vector<SourceFile>& files,
                      const Schema& columns, bool with_file) {
  return "read_csv(" + PathList(files) + CellOptions(context) +
         ", auto_detect = false, ignore_errors = true, columns = " + TextColumns(columns) +
         (with_file ? std::string(", filename = '") + kFileOfCells + "')" : ")");
}

Result<std::vector<Schema>> FirstColumns(const SourceContext& context) {
  TRY(CheckFirstLines(context));
  return Sniff(context, context.files, kFirstRows);
}

Result<Schema> EngineColumns(const SourceContext& context) {
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
    if (context.WantsText(field.name)) field.type = {TypeKind::kString, 0, 0, {}};
    for (const auto& [name, type] : declared) {
      if (name != field.name) continue;
      TRY_ASSIGN(field.type, contract::TypeNamed(type));
    }
  }
  return columns;
}

}  // namespace assay::source
