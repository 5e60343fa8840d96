#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "source/database.h"
#include "source/sqlite_file.h"

namespace assay::source {
namespace {

using engine::QuoteName;

constexpr const char* kServer = "sqlite";
constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;
constexpr const char* kCastHint = "cast it in a `query`, as CAST(x AS TEXT)";

// What the values of a column are, found by a look at all of them.
struct ColumnLook {
  std::string name;
  std::string declared;  // in small letters, without what stands in parentheses
  bool has_integer = false, has_real = false, has_text = false, has_blob = false, has_null = false;
  bool has_wide_integer = false;  // beyond what a double holds
  bool are_truths = true;         // 0 and 1 alone
  bool are_dates = true, are_times = true;
  char between = '\0';  // what stands between date and time
  std::optional<std::int64_t> highest_integer;
  std::optional<std::string> highest_text;
};

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return c >= '0' && c <= '9'; });
}

// `2024-12-31`
bool IsDateText(std::string_view text) {
  constexpr std::size_t kLength = 10, kMonth = 5, kDay = 8;
  return text.size() == kLength && text[kMonth - 1] == '-' && text[kDay - 1] == '-' &&
         IsDigits(text.substr(0, kMonth - 1)) && IsDigits(text.substr(kMonth, 2)) &&
         IsDigits(text.substr(kDay, 2));
}

// `2024-12-31 23:59:59.123456`, also with a T between, without a fraction or the seconds.
bool IsTimeText(std::string_view text) {
  constexpr std::size_t kDate = 10, kMinutes = 16, kSeconds = 19, kMost = 26;
  if (text.size() < kMinutes || text.size() > kMost || !IsDateText(text.substr(0, kDate))) {
    return false;
  }
  if (text[kDate] != ' ' && text[kDate] != 'T') return false;
  const std::string_view clock = text.substr(kDate + 1);
  if (!IsDigits(clock.substr(0, 2)) || clock[2] != ':' || !IsDigits(clock.substr(3, 2))) {
    return false;
  }
  if (text.size() == kMinutes) return true;
  if (text.size() < kSeconds || text[kMinutes] != ':') return false;
  if (!IsDigits(text.substr(kMinutes + 1, 2))) return false;
  return text.size() == kSeconds || (text[kSeconds] == '.' && IsDigits(text.substr(kSeconds + 1)));
}

bool IsDeclared(const ColumnLook& look, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return look.declared.find(word) != std::string::npos; });
}

Status LookAtText(ColumnLook& look, std::string_view text) {
  if (contract::FindInvalidUtf8(text)) {
    return Error{ErrorCode::kData, "column `" + look.name + "` has a text that is not UTF-8",
                 "ask by a `query` for hex(" + look.name + "), or for CAST(x AS BLOB)"};
  }
  look.has_text = true;
  look.are_dates = look.are_dates && IsDateText(text);
  look.are_times = look.are_times && IsTimeText(text);
  if (look.are_times) {
    constexpr std::size_t kDate = 10;
    if (look.between == '\0') look.between = text[kDate];
    look.are_times = look.between == text[kDate];
  }
  if (!look.highest_text || text > *look.highest_text) look.highest_text = std::string(text);
  return {};
}

Status LookAtCell(ColumnLook& look, const SqliteRows& rows, int column) {
  switch (rows.ClassOf(column)) {
    case SqliteClass::kNull:
      look.has_null = true;
      return {};
    case SqliteClass::kInteger: {
      const std::int64_t value = rows.Integer(column);
      look.has_integer = true;
      look.has_wide_integer =
          look.has_wide_integer || value > kExactInDouble || value < -kExactInDouble;
      look.are_truths = look.are_truths && (value == 0 || value == 1);
      look.highest_integer = std::max(look.highest_integer.value_or(value), value);
      return {};
    }
    case SqliteClass::kReal:
      look.has_real = true;
      return {};
    case SqliteClass::kText:
      return LookAtText(look, rows.Bytes(column));
    case SqliteClass::kBlob:
      look.has_blob = true;
      return {};
  }
  return {};
}

Error Mixed(const ColumnLook& look) {
  std::string classes;
  for (const auto& [has, name] :
       {std::pair(look.has_integer, "whole numbers"), std::pair(look.has_real, "numbers"),
        std::pair(look.has_text, "texts"), std::pair(look.has_blob, "bytes")}) {
    if (has) classes += (classes.empty() ? "" : " and ") + std::string(name);
  }
  return {ErrorCode::kData, "column `" + look.name + "` mixes " + classes, kCastHint};
}

// The engine's type of numbers: as the declaration has it where all values fit.
Result<std::string> NumberType(const ColumnLook& look) {
  const bool is_of_reals =
      look.has_real || IsDeclared(look, {"real", "floa", "doub", "dec", "numeric"});
  if (!is_of_reals) {
    return std::string(IsDeclared(look, {"bool"}) && look.are_truths ? "BOOLEAN" : "BIGINT");
  }
  if (!look.has_wide_integer) return std::string("DOUBLE");
  return Error{ErrorCode::kData,
               "column `" + look.name +
                   "` has whole numbers beyond 2^53, which its type, a double, cannot hold exactly",
               "cast it in a `query`, as CAST(x AS INTEGER) or CAST(x AS TEXT)"};
}

Result<std::string> TextType(const ColumnLook& look) {
  if (IsDeclared(look, {"datetime", "timestamp"})) {
    if (look.are_times) return std::string("TIMESTAMP");
    return Error{ErrorCode::kData,
                 "column `" + look.name + "` is declared " + look.declared +
                     " and has texts of another form than 2024-12-31 23:59:59, or of several forms",
                 "ask by a `query` for datetime(x), or for CAST(x AS TEXT)"};
  }
  if (look.declared == "date") {
    if (look.are_dates) return std::string("DATE");
    return Error{ErrorCode::kData,
                 "column `" + look.name +
                     "` is declared DATE and has texts of another form than "
                     "2024-12-31",
                 "ask by a `query` for date(x), or for CAST(x AS TEXT)"};
  }
  return std::string("VARCHAR");
}

// Where no row has a value, what is declared alone tells.
std::string TypeOfNothing(const ColumnLook& look) {
  if (IsDeclared(look, {"datetime", "timestamp"})) return "TIMESTAMP";
  if (look.declared == "date") return "DATE";
  if (IsDeclared(look, {"bool"})) return "BOOLEAN";
  if (IsDeclared(look, {"int"})) return "BIGINT";
  if (IsDeclared(look, {"real", "floa", "doub", "dec", "numeric"})) return "DOUBLE";
  if (IsDeclared(look, {"blob"})) return "BLOB";
  return "VARCHAR";
}

Result<std::string> TypeOf(const ColumnLook& look) {
  const bool has_number = look.has_integer || look.has_real;
  if (static_cast<int>(has_number) + static_cast<int>(look.has_text) +
          static_cast<int>(look.has_blob) >
      1) {
    return Mixed(look);
  }
  if (has_number) return NumberType(look);
  if (look.has_text) return TextType(look);
  if (look.has_blob) return std::string("BLOB");
  return TypeOfNothing(look);
}

/// Cells as texts that the engine reads back as the same values.
class SqliteCells : public engine::TextRows {
 public:
  explicit SqliteCells(std::unique_ptr<SqliteRows> rows)
      : rows_(std::move(rows)), made_(static_cast<std::size_t>(rows_->columns())) {}

  Result<bool> Next(Cells& cells) override {
    TRY_ASSIGN(const bool more, rows_->Step());
    if (!more) return false;
    for (std::size_t i = 0; i < made_.size(); ++i) cells[i] = Cell(static_cast<int>(i), made_[i]);
    return true;
  }

 private:
  std::optional<std::string_view> Cell(int column, std::string& made) const {
    switch (rows_->ClassOf(column)) {
      case SqliteClass::kNull:
        return std::nullopt;
      case SqliteClass::kInteger:
        made = std::to_string(rows_->Integer(column));
        return made;
      case SqliteClass::kReal:
        return RealText(rows_->Real(column), made);
      case SqliteClass::kText:
        return rows_->Bytes(column);
      case SqliteClass::kBlob:
        return Hex(rows_->Bytes(column), made);
    }
    return std::nullopt;
  }

  // The shortest text that is this number and no other.
  static std::string_view RealText(double value, std::string& made) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    made.assign(text.data(), end);
    return made;
  }

  static std::string_view Hex(std::string_view bytes, std::string& made) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    constexpr unsigned kLow = 0xf;
    made.clear();
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      made += kDigits[byte >> 4U];
      made += kDigits[byte & kLow];
    }
    return made;
  }

  std::unique_ptr<SqliteRows> rows_;
  std::vector<std::string> made_;
};

class SqliteFetch {
 public:
  SqliteFetch(const FetchContext& context, DatabaseAsk ask, std::shared_ptr<SqliteFile> file)
      : context_(context), ask_(std::move(ask)), file_(std::move(file)) {}

  Result<Fetch> Run();

 private:
  std::string Sql() const;
  Result<std::unique_ptr<SqliteRows>> Select() const;
  Status LookAtAll();
  Result<std::optional<CursorValue>> Highest() const;
  Result<std::string> RowsQuery(engine::Engine& engine);

  const FetchContext& context_;
  DatabaseAsk ask_;
  std::shared_ptr<SqliteFile> file_;
  std::vector<ColumnLook> looks_;
};

std::string SqliteFetch::Sql() const {
  std::string sql = "SELECT * FROM (\n" + ask_.query + "\n) AS asked";
  if (!ask_.table.empty()) {
    sql = "SELECT " + (ask_.columns.empty() ? "*" : engine::NameList(ask_.columns)) + " FROM " +
          QuoteName(ask_.table);
  }
  if (!ask_.after) return sql;
  const std::string name = QuoteName(ask_.cursor);
  return "SELECT * FROM (" + sql + "\n) WHERE " + name + " COLLATE BINARY > ?1 OR " + name +
         " IS NULL";
}

Result<std::unique_ptr<SqliteRows>> SqliteFetch::Select() const {
  std::optional<std::int64_t> number;
  std::optional<std::string> text;
  if (ask_.after && ask_.after->type == "integer") {
    number = std::strtoll(ask_.after->text.c_str(), nullptr, 10);
  } else if (ask_.after) {
    text = ask_.after->text;
  }
  return file_->Select(Sql(), number, text);
}

Status SqliteFetch::LookAtAll() {
  constexpr std::uint64_t kRowsBetweenLooks = 4096;
  TRY_ASSIGN(const auto rows, Select());
  for (int i = 0; i < rows->columns(); ++i) {
    ColumnLook look;
    look.name = rows->NameOf(i);
    look.declared = Lower(rows->DeclaredOf(i));
    look.declared = std::string(contract::Trim(look.declared.substr(0, look.declared.find('('))));
    looks_.push_back(std::move(look));
  }
  for (std::uint64_t row = 0;; ++row) {
    if (row % kRowsBetweenLooks == 0 && context_.stopped()) {
      return Error{ErrorCode::kCancelled, "cancelled", ""};
    }
    TRY_ASSIGN(const bool more, rows->Step());
    if (!more) return {};
    for (std::size_t i = 0; i < looks_.size(); ++i) {
      TRY(LookAtCell(looks_[i], *rows, static_cast<int>(i)));
    }
  }
}

// As it stands in the file, so that the file's own comparison goes on from it.
Result<std::optional<CursorValue>> SqliteFetch::Highest() const {
  const auto look =
      std::ranges::find_if(looks_, [&](const ColumnLook& one) { return one.name == ask_.cursor; });
  if (ask_.cursor.empty() || look == looks_.end()) return std::optional<CursorValue>();
  if (look->highest_integer) {
    return std::optional(CursorValue{"integer", std::to_string(*look->highest_integer)});
  }
  if (look->highest_text) return std::optional(CursorValue{"text", *look->highest_text});
  return std::optional<CursorValue>();
}

Result<std::string> SqliteFetch::RowsQuery(engine::Engine& engine) {
  engine::TextTable table;
  std::string list;
  for (const ColumnLook& look : looks_) {
    TRY_ASSIGN(const std::string type, TypeOf(look));
    const std::string cell = "c" + std::to_string(table.columns.size());
    table.columns.push_back(cell);
    const std::string value = type == "BLOB" ? "unhex(" + cell + ")" : cell + "::" + type;
    list += (list.empty() ? "" : ", ") + value + " AS " + QuoteName(look.name);
  }
  // The engine keeps the table as long as it is open, and the file not longer than this fetch.
  table.open = [this]() -> Result<std::unique_ptr<engine::TextRows>> {
    TRY_ASSIGN(auto rows, Select());
    return std::unique_ptr<engine::TextRows>(std::make_unique<SqliteCells>(std::move(rows)));
  };
  return "SELECT " + list + " FROM " + engine.AddTextTable(std::move(table));
}

Result<Fetch> SqliteFetch::Run() {
  TRY(LookAtAll());
  TRY_ASSIGN(engine::Engine* const engine, context_.engine());
  TRY_ASSIGN(const std::string rows, RowsQuery(*engine));
  TRY_ASSIGN(const auto highest, Highest());
  return KeepRows(context_, ask_, {.engine = *engine, .query = rows, .highest = highest});
}

Result<Fetch> FetchSqlite(const FetchContext& context) {
  TRY_ASSIGN(DatabaseAsk ask, AskOf(kServer, context));
  const std::string name = context.params.value("database", "");
  TRY_ASSIGN(auto file, SqliteFile::Open(context.folder / name, name));
  return SqliteFetch(context, std::move(ask), std::move(file)).Run();
}

}  // namespace

SourceKind sqlite_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = kServer,
           .summary = "a table or query of a SQLite file",
           .help =
               "`assay run` reads all rows in one transaction that can change nothing and keeps "
               "them "
               "as a Parquet object; everything else works with that.\n\n"
               "With `cursor`, a later fetch asks only for rows whose cursor, a whole number or a "
               "text, is greater than the highest value seen. A null cursor is an error. Rows that "
               "are committed later with a cursor that is not greater are not seen: take a column "
               "that grows with commits, or fetch all.\n\n"
               "Rows are stored in the order of `order_by`, then of all columns, so the same rows "
               "give the same object. SQLite binds no value to its column's declared type, so all "
               "values are looked at first. Whole numbers become int64, or bool where that is "
               "declared and all are 0 or 1; numbers of columns declared REAL, FLOAT, DOUBLE, "
               "DECIMAL "
               "or NUMERIC float64; texts string, or the date or time that is declared where each "
               "is one; bytes bytes. A column that mixes texts, numbers and bytes, a text that is "
               "not UTF-8, a date of another form and whole numbers too large for the double that "
               "is declared are errors that name the column; a `query` that casts gets them.",
           .version = 1,
           .params = DatabaseParams({.name = "database",
                                     .type = ParamType::kPath,
                                     .summary = "the file, relative to the project",
                                     .required = true}),
           .check = CheckDatabaseParams,
           .example = "sources:\n"
                      "  orders:\n"
                      "    kind: sqlite\n"
                      "    database: data/shop.sqlite\n"
                      "    table: orders\n"
                      "    cursor: id\n"},
      .read = ReadFetched,
      .fetch = FetchSqlite,
      .asks = DatabaseAsks};
}

}  // namespace assay::source
