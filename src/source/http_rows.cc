#include "source/http_rows.h"

#include <algorithm>

#include "base/letter_case.h"
#include "contract/type_name.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "source/delimited_text.h"
#include "source/http_client.h"
#include "source/line_reader.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kHead = std::size_t{64} << 10;

const std::vector<std::string>& DelimitedOnly() {
  static const std::vector<std::string> kParams = {"delimiter", "quote", "header", "nulls",
                                                   "encoding"};
  return kParams;
}

bool IsDelimited(const std::string& format) { return format == "csv" || format == "tsv"; }

// What the kind of the format is given.
Json RowsParams(const Json& params, const std::string& format) {
  Json own = Json::object();
  std::vector<std::string> names = {"columns", "file_column"};
  if (format == "json") names.emplace_back("records");
  if (IsDelimited(format)) {
    names.insert(names.end(), DelimitedOnly().begin(), DelimitedOnly().end());
  }
  for (const std::string& name : names) {
    if (params.contains(name)) own[name] = params.at(name);
  }
  if (format == "tsv" && !own.contains("delimiter")) own["delimiter"] = "\\t";
  return own;
}

Result<SourceRead> ReadRows(engine::Engine& engine, const Json& params,
                            const std::vector<SourceFile>& files,
                            const std::vector<std::string>& as_text) {
  const std::string format = HttpFormat(params);
  const Json own = RowsParams(params, format);
  const SourceKind* kind = FindSource(IsDelimited(format) ? "csv" : format);
  return kind->read({engine, own, files, as_text});
}

// The parts of the path to the cursor within a row.
std::vector<std::string> CursorParts(const Json& params) {
  const std::string cursor = params.value("cursor", "");
  if (!cursor.starts_with('/')) return {cursor};
  auto parts = PointerParts(cursor);
  return parts.ok() ? *std::move(parts) : std::vector<std::string>();
}

// Notes the cursors of rows of JSON.
class CursorNotes {
 public:
  CursorNotes(const Json& params, HighestValue& highest)
      : is_asked_(params.contains("cursor")), parts_(CursorParts(params)), highest_(highest) {}

  void Note(const JsonValue& row) {
    ++rows_;
    if (!is_asked_) return;
    std::optional<JsonValue> value = row;
    for (const std::string& part : parts_) {
      value = StepInto(*value, part);
      if (!value) return;
    }
    if (value->form == JsonForm::kNull) return;
    has_any_ = true;
    if (value->form == JsonForm::kNumber) return highest_.Note(std::string(value->text), true);
    if (value->form != JsonForm::kString) {
      is_bent_ = true;
      return;
    }
    std::string text;
    AppendDecoded(value->text, text);
    highest_.Note(text, false);
  }

  std::uint64_t rows() const { return rows_; }

  Status Check(const std::string& location, const Json& params) const {
    if (!is_asked_ || rows_ == 0) return {};
    const std::string cursor = params.at("cursor").get<std::string>();
    if (is_bent_) {
      return Error{ErrorCode::kData,
                   location + " has neither texts nor numbers at `cursor`: " + cursor,
                   "name a key of numbers, dates or texts"};
    }
    if (has_any_) return {};
    return Error{ErrorCode::kData, location + " has no row with what `cursor` names: " + cursor,
                 "name a key of the rows, or write a JSON Pointer into them: /meta/updated_at"};
  }

 private:
  bool is_asked_;
  std::vector<std::string> parts_;
  HighestValue& highest_;
  std::uint64_t rows_ = 0;
  bool has_any_ = false, is_bent_ = false;
};

Status LookThroughLines(const Json& params, const SourceFile& page, HttpRows& found,
                        HighestValue& highest) {
  TRY_ASSIGN(auto file, UnpackedFile::Open(page));
  LineReader lines(std::move(file));
  CursorNotes notes(params, highest);
  for (;;) {
    TRY_ASSIGN(const auto line, lines.Next());
    if (!line) break;
    const std::string_view text = contract::Trim(line->text);
    if (text.empty()) continue;
    JsonValue row;
    const auto fault = line->is_too_long ? JsonFault{0, "it is too long"} : ScanJson(text, row);
    if (fault) {
      return Error{
          ErrorCode::kData,
          page.location + ":" + std::to_string(line->number) + " is not JSON: " + fault->reason,
          "look at what the server answers"};
    }
    notes.Note(row);
  }
  found.rows = notes.rows();
  return notes.Check(page.location, params);
}

Result<std::uint64_t> CountOf(engine::Engine& engine, const std::string& query) {
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT count(*) FROM (" + query + ")"));
  return std::stoull(grid.rows.at(0).at(0).value_or("0"));
}

Status LookThroughTable(const FetchContext& context, const SourceFile& page, HttpRows& found,
                        HighestValue& highest) {
  const std::string cursor = context.params.value("cursor", "");
  TRY_ASSIGN(engine::Engine * engine, context.engine());
  const std::vector<std::string> as_text =
      cursor.empty() ? std::vector<std::string>() : std::vector<std::string>{cursor};
  const std::vector<SourceFile> files = {page};
  TRY_ASSIGN(const SourceRead read, ReadRows(*engine, context.params, files, as_text));
  TRY_ASSIGN(found.rows, CountOf(*engine, read.query));
  if (read.refused) {
    TRY_ASSIGN(const std::string refused, read.refused());
    TRY_ASSIGN(const std::uint64_t count, CountOf(*engine, refused));
    found.rows += count;
  }
  if (cursor.empty() || found.rows == 0) return {};
  TRY_ASSIGN(const Schema schema, engine->Describe(read.query));
  const bool has_cursor = std::ranges::any_of(
      schema, [&](const Field& field) { return Lower(field.name) == Lower(cursor); });
  if (!has_cursor) {
    return Error{ErrorCode::kData,
                 page.location + " has no column of the name that `cursor` has: " + cursor,
                 "name one of its columns"};
  }
  TRY_ASSIGN(const engine::Grid values,
             engine->Query("SELECT DISTINCT CAST(" + engine::QuoteName(cursor) +
                           " AS VARCHAR) FROM (" + read.query + ")"));
  bool has_any = false;
  for (const auto& row : values.rows) {
    if (!row.at(0)) continue;
    has_any = true;
    highest.Note(*row.at(0), false);
  }
  if (has_any) return {};
  return Error{ErrorCode::kData, page.location + " has no row with what `cursor` names: " + cursor,
               "name a column that has values"};
}

}  // namespace

std::string HttpFormat(const Json& params) {
  if (params.contains("format")) return params.at("format").get<std::string>();
  std::string path = Lower(PlainUrl(params.value("url", "")));
  for (const char* packed : {".gz", ".zst"}) {
    if (path.ends_with(packed)) path.resize(path.rfind('.'));
  }
  for (const char* format : {"csv", "tsv", "jsonl"}) {
    const SourceKind* kind = FindSource(format);
    const bool has_suffix = std::ranges::any_of(
        kind->info.suffixes, [&](const std::string& suffix) { return path.ends_with(suffix); });
    if (has_suffix) return format;
  }
  return "json";
}

Status CheckHttpRows(const Json& params) {
  const std::string format = HttpFormat(params);
  for (const std::string& name : DelimitedOnly()) {
    if (!params.contains(name) || IsDelimited(format)) continue;
    return Error{ErrorCode::kUser, "`" + name + "` means nothing in " + format,
                 "leave it out, or write `format: csv`"};
  }
  for (const char* name : {"records", "next", "more", "total", "total_pages"}) {
    if (!params.contains(name) || format == "json") continue;
    return Error{ErrorCode::kUser,
                 "`" + std::string(name) + "` points into JSON, and the format is " + format,
                 "leave it out, or write `format: json`"};
  }
  TRY(PointerParts(params.value("records", "")).While("records"));
  const std::string cursor = params.value("cursor", "");
  if (cursor.starts_with('/')) {
    TRY(PointerParts(cursor).While("cursor"));
  }
  if (IsDelimited(format)) return CheckDelimited(RowsParams(params, format));
  for (const Json& column : params.value("columns", Json::array())) {
    if (column.size() == 2) continue;
    return Error{ErrorCode::kUser,
                 "columns: " + column.at(0).get<std::string>() + ": in " + format +
                     " a column has a type and nothing beside it",
                 "write {NAME: TYPE}"};
  }
  return contract::CheckDeclaredTypes(params);
}

Result<SourceRead> ReadHttpRows(const SourceContext& context) {
  return ReadRows(context.engine, context.params, context.files, context.as_text);
}

Status LookThroughPage(const FetchContext& context, const SourceFile& page, bool is_first,
                       HttpRows& found, HighestValue& highest) {
  const Json& params = context.params;
  const std::string format = HttpFormat(params);
  if (format == "json") {
    if (Status loaded = found.document.Load(page); !loaded.ok()) {
      Error error = std::move(loaded).error();
      if (error.code == ErrorCode::kData) error.hint = "look at what the server answers";
      return error;
    }
    found.has_document = true;
    TRY_ASSIGN(const std::vector<JsonValue> items,
               found.document.ItemsAt(params.value("records", "")));
    CursorNotes notes(params, highest);
    for (const JsonValue& item : items) notes.Note(item);
    found.rows = notes.rows();
    return notes.Check(page.location, params);
  }
  std::string head;
  TRY_ASSIGN(const bool is_whole, ReadWhole(page, kHead, head));
  if (is_whole && contract::Trim(head).empty()) {
    if (!is_first) return {};
    return Error{ErrorCode::kData, page.location + " is empty", "look at what the server answers"};
  }
  if (format == "jsonl") return LookThroughLines(params, page, found, highest);
  return LookThroughTable(context, page, found, highest);
}

}  // namespace assay::source
