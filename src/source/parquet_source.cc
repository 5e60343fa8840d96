#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "engine/sql_text.h"
#include "source/source.h"

namespace assay::source {
namespace {

std::string SelectFrom(const SourceFile& file) {
  return "SELECT * FROM " + engine::ReadParquet({file.object}, {});
}

// What is wrong with a file that the engine cannot read as Parquet, from its first and last bytes.
Error NotReadable(const SourceFile& file, Error engine_error) {
  constexpr std::string_view kMark = "PAR1";
  constexpr std::streamoff kLength = 4;
  constexpr std::streamoff kLeast = 12;  // the mark twice, and the length of the footer
  std::ifstream stream(file.object, std::ios::binary | std::ios::ate);
  const std::streamoff size = stream.tellg();
  const auto has_mark = [&](std::streamoff at) {
    std::string bytes(kLength, ' ');
    return stream.seekg(at) && stream.read(bytes.data(), kLength) && bytes == kMark;
  };
  if (size < 0) return std::move(engine_error).While("reading " + file.location);
  if (size == 0) {
    return {ErrorCode::kData, file.location + " is empty, so it is no Parquet file",
            "write it again, or take it away"};
  }
  if (!has_mark(0)) {
    return {ErrorCode::kData, file.location + " is no Parquet file: it does not begin with PAR1",
            "declare its kind (`kind: csv` for delimited text), or take the file away"};
  }
  if (size < kLeast || !has_mark(size - kLength)) {
    return {ErrorCode::kData, file.location + " is cut short: it does not end as Parquet files do",
            "copy or write the file again, or take it away"};
  }
  return {ErrorCode::kData, file.location + " is damaged: its columns cannot be read",
          "copy or write the file again, or take it away"};
}

// The query over one file, which must be readable.
Result<std::string> CanonicalOf(const SourceContext& context, const SourceFile& file) {
  auto query = context.engine.Canonical(SelectFrom(file));
  // An error with a hint is about a column's type; the file itself could be read.
  if (query.ok() || !query.error().hint.empty()) {
    return std::move(query).While("reading " + file.location);
  }
  const ErrorCode code = query.error().code;
  if (code != ErrorCode::kUser && code != ErrorCode::kData) {
    return std::move(query).While("reading " + file.location);
  }
  return NotReadable(file, std::move(query).error());
}

// Types that the engine reads as something else without a word: decimals of more than 38 digits as
// doubles, times of a day in nanoseconds as microseconds.
Status CheckReadAsWritten(const SourceContext& context, const SourceFile& file) {
  TRY_ASSIGN(const engine::Grid found,
             context.engine
                 .Query("SELECT name, logical_type FROM parquet_schema(" +
                        engine::QuoteText(file.object.string()) +
                        ") WHERE precision > 38 OR (logical_type LIKE '%TimeType%' AND "
                        "logical_type LIKE '%NANOS=Nano%') LIMIT 1")
                 .While("reading " + file.location));
  if (found.rows.empty()) return {};
  const bool is_time = found.rows[0][1].value_or("").find("TimeType") != std::string::npos;
  return Error{
      ErrorCode::kData,
      file.location + " has a column that a version cannot hold, " +
          (is_time ? "a time of the day in nanoseconds: " : "a decimal of more than 38 digits: ") +
          found.rows[0][0].value_or(""),
      is_time ? "write it in microseconds" : "write it with fewer digits, or as text"};
}

// The first file of each schema, as the files themselves tell it; the others need no look of their
// own. All files when one of them cannot be read: the look tells which.
std::vector<SourceFile> UnlikeFiles(const SourceContext& context) {
  constexpr std::size_t kAtOnce = 256;
  std::vector<SourceFile> unlike;
  std::set<std::string> known;
  for (std::size_t first = 0; first < context.files.size(); first += kAtOnce) {
    std::vector<std::string> paths;
    for (std::size_t i = first; i < std::min(first + kAtOnce, context.files.size()); ++i) {
      paths.push_back(context.files[i].object.string());
    }
    const std::string list = engine::TextList(paths);
    // Files of the same bytes are one object, which is looked at once.
    const auto schemas = context.engine.Query(
        "SELECT columns, min(list_position(" + list +
        ", file_name)) AS file FROM (SELECT file_name, to_json(list({name: name, type: type, "
        "type_length: type_length, repetition_type: repetition_type, num_children: num_children, "
        "converted_type: converted_type, scale: scale, precision: precision, logical_type: "
        "logical_type, duckdb_type: duckdb_type} ORDER BY column_id)) AS columns FROM "
        "parquet_schema(list_distinct(" +
        list + ")) GROUP BY file_name) GROUP BY columns ORDER BY file");
    if (!schemas.ok()) return context.files;
    for (const auto& row : schemas->rows) {
      if (!known.insert(row.at(0).value_or("")).second) continue;
      const std::size_t file = std::strtoull(row.at(1).value_or("1").c_str(), nullptr, 10);
      unlike.push_back(context.files.at(first + file - 1));
    }
  }
  return unlike;
}

// All files must have the columns of the first; a change of schema is for a person to decide.
Status CheckSameColumns(const SourceContext& context, const std::vector<SourceFile>& files,
                        const std::string& first) {
  TRY_ASSIGN(const Schema expected, context.engine.Describe(first));
  for (const SourceFile& file : files) {
    TRY_ASSIGN(const std::string query, CanonicalOf(context, file));
    TRY_ASSIGN(const Schema schema, context.engine.Describe(query));
    if (schema == expected) continue;
    for (const Field& field : schema) {
      const Field* same = FindField(expected, field.name);
      if (same != nullptr && same->type == field.type) continue;
      const std::string was = same == nullptr ? "no such column" : TypeText(same->type);
      return Error{ErrorCode::kData,
                   file.location + " has a column `" + field.name + "` of type " +
                       TypeText(field.type) + " where " + context.files[0].location + " has " + was,
                   "make the files alike, or declare them as two sources"};
    }
    return Error{ErrorCode::kData,
                 file.location + " has " + std::to_string(schema.size()) +
                     " columns, not in the "
                     "order of the " +
                     std::to_string(expected.size()) + " of " + context.files[0].location,
                 "make the files alike, or declare them as two sources"};
  }
  return {};
}

Result<SourceRead> Read(const SourceContext& context) {
  std::vector<std::filesystem::path> paths;
  paths.reserve(context.files.size());
  for (const SourceFile& file : context.files) paths.push_back(file.object);
  const std::vector<SourceFile> unlike = UnlikeFiles(context);
  for (const SourceFile& file : unlike) {
    // A broken file is named here, not somewhere in a query over all of them.
    TRY_ASSIGN(const std::string query, CanonicalOf(context, file));
    TRY(CheckReadAsWritten(context, file));
  }
  const std::string plain = "SELECT * FROM " + engine::ReadParquet(paths, {});
  TRY_ASSIGN(const std::string first, context.engine.Canonical(SelectFrom(context.files[0])));
  TRY(CheckSameColumns(context, unlike, first));
  auto canonical = context.engine.Canonical(plain);
  if (!canonical.ok()) {
    // Values that a version cannot hold may be in any file.
    for (const SourceFile& file : context.files) {
      TRY_ASSIGN(const std::string query, CanonicalOf(context, file));
    }
    return std::move(canonical).error();
  }

  SourceRead read;
  const std::string place = ", file_index AS _assay_file_index, file_row_number + 1 AS _assay_line";
  const std::string column = context.params.value("file_column", "");
  if (column.empty()) {
    TRY_ASSIGN(read.placed_query, context.engine.Canonical("SELECT *" + place + " FROM " +
                                                           engine::ReadParquet(paths, {})));
    read.query = *canonical;
    read.files_are_table = *canonical == plain;
    return read;
  }
  std::vector<std::string> names;
  names.reserve(context.files.size());
  for (const SourceFile& file : context.files) names.push_back(file.location);
  const std::string select = "SELECT *, " + engine::TextList(names) +
                             "[(file_index + 1)::BIGINT] AS " + engine::QuoteName(column);
  const std::string from = " FROM " + engine::ReadParquet(paths, {});
  TRY_ASSIGN(read.query, context.engine.Canonical(select + from));
  TRY_ASSIGN(read.placed_query, context.engine.Canonical(select + place + from));
  return read;
}

}  // namespace

SourceKind parquet_source() {
  using contract::ParamType;
  return {.info = {.name = "parquet",
                   .summary = "Parquet files, read as they stand",
                   .help = "The files are kept in the store as they are and are the table; nothing "
                           "is converted. All files must have the same columns.",
                   .version = 1,
                   .params = {{.name = "files",
                               .type = ParamType::kPaths,
                               .summary = "path or glob, or a list of them",
                               .required = true},
                              {.name = "file_column",
                               .type = ParamType::kString,
                               .summary = "name of a column that gets each row's file name"}},
                   .suffixes = {".parquet"},
                   .example = "sources:\n  flights: {files: data/flights-*.parquet}\n"},
          .read = Read};
}

}  // namespace assay::source
