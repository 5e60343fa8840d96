#include <fstream>

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

// All files must have the columns of the first; a change of schema is for a person to decide.
Status CheckSameColumns(const SourceContext& context, const std::string& first) {
  TRY_ASSIGN(const Schema expected, context.engine.Describe(first));
  for (std::size_t i = 1; i < context.files.size(); ++i) {
    const SourceFile& file = context.files[i];
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
  for (const SourceFile& file : context.files) {
    // A broken file is named here, not somewhere in a query over all of them.
    TRY_ASSIGN(const std::string query, CanonicalOf(context, file));
    TRY(CheckReadAsWritten(context, file));
    paths.push_back(file.object);
  }
  const std::string plain = "SELECT * FROM " + engine::ReadParquet(paths, {});
  TRY_ASSIGN(const std::string first, context.engine.Canonical(SelectFrom(context.files[0])));
  TRY(CheckSameColumns(context, first));
  TRY_ASSIGN(const std::string canonical, context.engine.Canonical(plain));

  SourceRead read;
  const std::string column = context.params.value("file_column", "");
  if (column.empty()) {
    read.query = canonical;
    read.files_are_table = canonical == plain;
    return read;
  }
  std::string names;
  for (const SourceFile& file : context.files) {
    names += (names.empty() ? "" : ", ") + engine::QuoteText(file.location);
  }
  read.query = "SELECT *, [" + names + "][(file_index + 1)::BIGINT] AS " +
               engine::QuoteName(column) + " FROM " + engine::ReadParquet(paths, {});
  TRY_ASSIGN(read.query, context.engine.Canonical(read.query));
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
