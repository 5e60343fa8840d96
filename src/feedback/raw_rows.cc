#include "feedback/raw_rows.h"

#include <algorithm>

#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "source/source.h"
#include "source/text_file.h"

namespace assay::feedback {
namespace {

using engine::QuoteName;
using engine::QuoteText;

std::string PrintableText(const std::optional<std::string>& text) {
  return contract::Printable(text.value_or(""));
}

Result<source::SourceRead> ReadAs(const char* kind, engine::Engine& engine, const Json& params,
                                  const std::vector<source::SourceFile>& files) {
  return source::FindSource(kind)->read({engine, params, files});
}

Status WriteParquet(engine::Engine& engine, const std::vector<source::SourceFile>& files,
                    const std::filesystem::path& raw) {
  const Json params = Json::object();
  TRY_ASSIGN(const source::SourceRead read, ReadAs("parquet", engine, params, files));
  auto rows = engine.CopyToParquet(read.query, raw);
  if (!rows.ok()) return source::NameSourceFile(std::move(rows).error(), files);
  return {};
}

// The rows that the engine could not cut into cells or give their type.
Status RefuseRejects(engine::Engine& engine, const source::SourceRead& read,
                     std::uint64_t good_rows, const std::string& location) {
  TRY_ASSIGN(const std::string query, read.refused());
  TRY_ASSIGN(const engine::Grid count, engine.Query("SELECT count(*) FROM (" + query + ")"));
  const std::string wrong = count.rows.at(0).at(0).value_or("0");
  if (wrong == "0") return {};
  TRY_ASSIGN(const engine::Grid first,
             engine.Query("SELECT line, reason FROM (" + query + ") ORDER BY line LIMIT " +
                          std::to_string(kTold)));
  std::vector<WrongRow> rows;
  for (const auto& row : first.rows) {
    const std::string reason = PrintableText(row[1]->substr(0, row[1]->find('\n')));
    rows.push_back({"line " + row[0].value_or("?"), reason});
  }
  const std::uint64_t all = good_rows + std::stoull(wrong);
  return Refusal(location, wrong, std::to_string(all), rows);
}

Status WriteCsv(engine::Engine& engine, const std::vector<source::SourceFile>& files,
                const std::vector<std::string>& as_text, const std::filesystem::path& raw) {
  Json params = Json::object();
  TRY_ASSIGN(const source::SourceRead detected, ReadAs("csv", engine, params, files));
  TRY_ASSIGN(const Schema columns, engine.Describe(detected.query));
  Json declared = Json::array();
  for (const std::string& name : as_text) {
    if (FindField(columns, name) != nullptr) declared.push_back(Json::array({name, "VARCHAR"}));
  }
  params["columns"] = declared;
  TRY_ASSIGN(const source::SourceRead read, ReadAs("csv", engine, params, files));
  auto rows = engine.CopyToParquet(read.query, raw);
  if (!rows.ok()) return source::NameSourceFile(std::move(rows).error(), files);
  return RefuseRejects(engine, read, *rows, files[0].location);
}

// A JSON pointer to a member.
std::string Pointer(const std::string& name) {
  std::string pointer = "/";
  for (const char c : name) {
    pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return QuoteText(pointer);
}

Error NoJsonLines(const std::string& location) {
  return {ErrorCode::kData, location + " cannot be read as JSON lines",
          "write one JSON object a line, in UTF-8, none longer than 16 MB"};
}

// Lines that hold no object, or a list or object where one value must stand.
Status CheckLines(engine::Engine& engine, const RawFile& file,
                  const std::vector<std::string>& as_text) {
  std::string reason =
      "CASE WHEN json IS NULL OR NOT json_valid(json) THEN 'is no JSON' "
      "WHEN json_type(json) <> 'OBJECT' THEN 'is no JSON object'";
  for (const std::string& name : as_text) {
    reason += " WHEN json_type(json, " + Pointer(name) + ") IN ('OBJECT', 'ARRAY') THEN " +
              QuoteText(name + " is no single value");
  }
  reason += " END";
  const std::string lines = "(SELECT row_number() OVER () AS n, " + reason +
                            " AS reason FROM read_json_objects(" + QuoteText(file.staged.string()) +
                            ", format = 'newline_delimited', ignore_errors = true))";
  auto count = engine.Query("SELECT count(*), count(reason) FROM " + lines);
  if (!count.ok() && count.error().code == ErrorCode::kIo) return std::move(count).error();
  if (!count.ok()) return NoJsonLines(file.location);
  const std::string wrong = count->rows.at(0).at(1).value_or("0");
  if (wrong == "0") return {};
  TRY_ASSIGN(const engine::Grid first,
             engine.Query("SELECT n, reason FROM " + lines +
                          " WHERE reason IS NOT NULL ORDER BY n LIMIT " + std::to_string(kTold)));
  std::vector<WrongRow> rows;
  rows.reserve(first.rows.size());
  for (const auto& row : first.rows) {
    rows.push_back({"row " + row[0].value_or("?"), PrintableText(row[1])});
  }
  return Refusal(file.location, wrong, count->rows[0][0].value_or("0"), rows);
}

Status WriteJsonLines(engine::Engine& engine, const RawFile& file,
                      const std::vector<std::string>& as_text, const std::filesystem::path& raw) {
  std::error_code error;
  if (std::filesystem::file_size(file.staged, error) == 0 && !error) {
    return Error{ErrorCode::kData, file.location + " is empty", "write one JSON object a line"};
  }
  TRY(CheckLines(engine, file, as_text));
  const std::string from =
      "read_json(" + QuoteText(file.staged.string()) + ", format = 'newline_delimited', ";
  TRY_ASSIGN(const Schema detected, engine.Describe("SELECT * FROM " + from + "sample_size = -1)")
                                        .While("reading " + file.location));
  // A number keeps its digits and a text its form where a value is to be judged as text.
  std::string columns;
  std::string select;
  for (const Field& field : detected) {
    const bool text = std::find(as_text.begin(), as_text.end(), field.name) != as_text.end();
    const std::string name = QuoteName(field.name);
    columns += (columns.empty() ? "" : ", ") + QuoteText(field.name) + ": " +
               QuoteText(text ? "JSON" : engine::TypeSql(field.type));
    select += (select.empty() ? "" : ", ") + name;
    if (text) select += "->>'$' AS " + name;
  }
  const auto rows = engine.CopyToParquet(
      "SELECT " + select + " FROM " + from + "columns = {" + columns + "})", raw);
  if (rows.ok()) return {};
  if (rows.error().code == ErrorCode::kIo) return rows.error();
  return NoJsonLines(file.location);
}

}  // namespace

Error Refusal(const std::string& location, const std::string& wrong, const std::string& all,
              const std::vector<WrongRow>& first) {
  std::string message = location + " is refused: " + wrong + " of " + all +
                        (all == "1" ? " row" : " rows") + (wrong == "1" ? " is" : " are") +
                        " wrong";
  for (const WrongRow& row : first) message += "\n  " + row.row + ": " + row.reason;
  return {ErrorCode::kData, message, "mend these rows and try again; nothing of it was taken"};
}

Result<Schema> WriteRawRows(engine::Engine& engine, const RawFile& file,
                            const std::vector<std::string>& as_text,
                            const std::filesystem::path& raw) {
  const std::vector<source::SourceFile> files = {{file.staged, file.location}};
  const std::string suffix = file.staged.extension().string();
  if (suffix == ".parquet") {
    TRY(WriteParquet(engine, files, raw));
  } else if (suffix == ".csv") {
    TRY(WriteCsv(engine, files, as_text, raw));
  } else if (suffix == ".jsonl" || suffix == ".ndjson") {
    TRY(WriteJsonLines(engine, file, as_text, raw));
  } else {
    return Error{ErrorCode::kUser, "the suffix does not tell what the file holds: " + file.location,
                 "feedback is read from .parquet, .csv, .jsonl and .ndjson"};
  }
  return engine.Describe("SELECT * FROM " + engine::ReadParquet({raw}, {}));
}

}  // namespace assay::feedback
