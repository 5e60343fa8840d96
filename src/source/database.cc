#include "source/database.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <future>
#include <utility>

#include "base/letter_case.h"
#include "engine/extension.h"
#include "engine/sql_text.h"

namespace assay::source {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr auto kBetweenLooksAtCopy = std::chrono::milliseconds(100);

// Types whose order is exact and the same wherever it is asked.
bool IsExactlyOrdered(const Type& type) {
  switch (type.kind) {
    case TypeKind::kString:
    case TypeKind::kDecimal:
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return true;
    default:
      return IsInteger(type);
  }
}

bool HoldsTimes(const Type& type) {
  return type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestamp ||
         type.kind == TypeKind::kTimestampUtc;
}

// True for values that are no time of the calendar, or that the engine took out of its own range:
// it knows none before -290307, and databases none before -4713.
std::string NoTimeSql(const std::string& value, const Type& type) {
  return "(NOT isfinite(" + value + ") OR " + value + " < " +
         (type.kind == TypeKind::kDate
              ? std::string("DATE '9999-01-01 (BC)'")
              : std::string("TIMESTAMP '9999-01-01 (BC) 00:00:00'") +
                    (type.kind == TypeKind::kTimestampUtc ? "::TIMESTAMPTZ" : "")) +
         ")";
}

// One column for each time column that has such a value: whether any row has.
std::string TimesQuery(const Schema& schema, const std::string& from,
                       std::vector<std::string>& names) {
  std::string list;
  for (const Field& field : schema) {
    const std::string name = QuoteName(field.name);
    std::string wrong;
    if (HoldsTimes(field.type)) {
      wrong = NoTimeSql(name, field.type);
    } else if (field.type.kind == TypeKind::kList && HoldsTimes(field.type.children[0].type)) {
      wrong = "len(list_filter(" + name +
              ", lambda each: " + NoTimeSql("each", field.type.children[0].type) + ")) > 0";
    } else {
      continue;
    }
    list += (list.empty() ? "" : ", ") + ("coalesce(bool_or(" + wrong + "), false)");
    names.push_back(field.name);
  }
  return list.empty() ? "" : "SELECT " + list + " FROM " + from;
}

Status CheckTimes(engine::Engine& engine, const Schema& schema, const std::string& from) {
  std::vector<std::string> names;
  const std::string query = TimesQuery(schema, from, names);
  if (query.empty()) return {};
  TRY_ASSIGN(const engine::Grid grid, engine.Query(query));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (grid.rows.at(0).at(i).value_or("") != "true") continue;
    return Error{ErrorCode::kData,
                 "column `" + names[i] +
                     "` has a time that no version can hold: infinity, or one "
                     "beyond the year 294247",
                 "leave such rows out, or make them null, in a `query`"};
  }
  return {};
}

Status CheckCursor(const DatabaseAsk& ask, const Schema& schema) {
  if (ask.cursor.empty()) return {};
  const Field* field = FindField(schema, ask.cursor);
  if (field == nullptr) {
    return Error{ErrorCode::kUser, "there is no column for the cursor: " + ask.cursor,
                 "columns are " + engine::NameList(FieldNames(schema))};
  }
  if (IsExactlyOrdered(field->type)) return {};
  return Error{
      ErrorCode::kUser,
      "cursor `" + ask.cursor + "` is of a type without an exact order: " + TypeText(field->type),
      "take a column of whole numbers, decimals, dates, times or texts"};
}

Status CheckOrderBy(const DatabaseAsk& ask, const Schema& schema) {
  for (const std::string& column : ask.order_by) {
    if (FindField(schema, column) != nullptr) continue;
    return Error{ErrorCode::kUser, "there is no column to order by: " + column,
                 "columns are " + engine::NameList(FieldNames(schema))};
  }
  return {};
}

Status CheckColumnNames(const Schema& schema) {
  std::vector<std::string> names = FieldNames(schema);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return {};
  return Error{ErrorCode::kUser, "two columns have one name: " + *twice,
               "name them apart with AS in a `query`"};
}

// Rows of one table in an order that their content alone decides.
std::string OrderedQuery(const DatabaseAsk& ask, const Schema& schema, const std::string& query) {
  std::vector<std::string> order = ask.order_by;
  for (const std::string& name : FieldNames(schema)) {
    if (std::ranges::find(order, name) == order.end()) order.push_back(name);
  }
  return "SELECT * FROM (" + query + "\n) ORDER BY " + engine::NameList(order);
}

// Copies on a thread of its own, so that this one can look whether to stop.
Result<std::uint64_t> CopyStoppably(const FetchContext& context, engine::Engine& engine,
                                    const std::string& query, const std::filesystem::path& path) {
  auto copied = std::async(std::launch::async, [&] { return engine.CopyToParquet(query, path); });
  bool stopped = false;
  while (copied.wait_for(kBetweenLooksAtCopy) != std::future_status::ready) {
    stopped = stopped || context.stopped();
    // Again and again: an interrupt between two statements is lost.
    if (stopped) engine.Interrupt();
  }
  auto rows = copied.get();
  if (stopped) return Error{ErrorCode::kCancelled, "cancelled", ""};
  return rows;
}

// The highest value of the cursor among the stored rows; nothing where there are no rows.
Result<std::optional<CursorValue>> HighestOf(engine::Engine& engine, const DatabaseAsk& ask,
                                             const Schema& schema, const std::string& from) {
  const std::string name = QuoteName(ask.cursor);
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT max(" + name + "), count(*) - count(" + name + ") FROM " + from));
  const auto& row = grid.rows.at(0);
  if (row.at(1).value_or("0") != "0") {
    return Error{ErrorCode::kData,
                 "cursor `" + ask.cursor +
                     "` is null, so no later fetch could tell whether it has "
                     "the row, in rows: " +
                     *row[1],
                 "leave them out in a `query`, or take a column that is never null"};
  }
  if (!row.at(0)) return std::optional<CursorValue>();
  return std::optional(CursorValue{TypeText(FindField(schema, ask.cursor)->type), *row[0]});
}

Result<std::string> CanonicalRows(const DatabaseRows& rows) {
  auto canonical = rows.engine.Canonical(rows.query);
  if (canonical.ok()) return canonical;
  Error error = rows.told(std::move(canonical).error());
  if (error.hint == "cast it in a sql step") error.hint = "cast it in a `query`";
  return error;
}

// A file that is taken away again where nothing became of it.
class StagedRows {
 public:
  explicit StagedRows(std::filesystem::path path) : path_(std::move(path)) {}
  StagedRows(const StagedRows&) = delete;
  StagedRows& operator=(const StagedRows&) = delete;
  ~StagedRows() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Json CursorJson(const DatabaseAsk& ask, const std::optional<CursorValue>& value) {
  if (!value) return nullptr;
  return {{"column", ask.cursor}, {"type", value->type}, {"value", value->text}};
}

Fetch Unchanged(const FetchContext& context) {
  return {.objects = context.before.objects, .cursor = context.before.cursor, .is_unchanged = true};
}

// A text up to where a word begins that introduces what the server said.
std::string BehindLast(const std::string& text, std::string_view word) {
  const std::size_t at = text.rfind(word);
  return at == std::string::npos ? "" : text.substr(at + word.size());
}

bool ContainsAny(const std::string& text, const auto& words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// What a server or its client library says when there is no connection, or no more.
constexpr auto kNoConnection = std::to_array<std::string_view>(
    {"connection to server", "connection refused", "server closed the connection",
     "terminating connection", "no connection to the server", "ssl syscall",
     "could not receive data", "lost connection", "gone away", "can't connect", "access denied",
     "unknown database", "server has gone", "unknown server host", "could not translate host name",
     "the database system is", "too many connections"});

// What may go well the next time.
constexpr auto kOfTheMoment =
    std::to_array<std::string_view>({"timeout", "deadlock", "canceling statement"});

Error UnreadableConnection(const std::string& server) {
  return {ErrorCode::kIo, server + " cannot be reached: the connection cannot be read",
          "write it as a URL, `" + server +
              "://USER:PASSWORD@HOST:PORT/DATABASE`, with special characters as %XX"};
}

std::string Replaced(std::string text, const std::string& part, const std::string& by) {
  if (part.empty()) return text;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.replace(at, part.size(), by);
    at += by.size();
  }
  return text;
}

std::string PercentDecoded(const std::string& text) {
  constexpr std::size_t kEscape = 3;
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char* end = nullptr;
    const std::string digits =
        text.substr(i, kEscape).substr(std::min<std::size_t>(1, text.size()));
    if (text[i] == '%' && digits.size() == 2) {
      const auto byte = std::strtoul(digits.c_str(), &end, 16);
      if (*end == '\0') {
        decoded += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

// What stands behind `key=`, quoted or not.
std::string ValueOfPair(const std::string& text, std::size_t at) {
  if (at >= text.size()) return "";
  std::string value;
  if (text[at] == '\'' || text[at] == '"') {
    const char quote = text[at];
    for (++at; at < text.size() && text[at] != quote; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    return value;
  }
  while (at < text.size() && text[at] != ' ' && text[at] != '&') value += text[at++];
  return value;
}

}  // namespace

Result<DatabaseAsk> AskOf(const std::string& kind, const FetchContext& context) {
  const Json& params = context.params;
  DatabaseAsk ask;
  ask.kind = kind;
  ask.table = params.value("table", "");
  ask.query = engine::WithoutSemicolon(params.value("query", ""));
  ask.columns = contract::TextsOf(params, "columns");
  ask.order_by = contract::TextsOf(params, "order_by");
  ask.cursor = params.value("cursor", "");
  const Json& cursor = context.before.cursor;
  if (ask.cursor.empty() || cursor.is_null()) return ask;
  const auto text_of = [&](const char* member) {
    return cursor.is_object() && cursor.contains(member) && cursor[member].is_string()
               ? cursor[member].get<std::string>()
               : std::string();
  };
  if (text_of("column") != ask.cursor || text_of("type").empty() || !cursor.contains("value")) {
    return Error{ErrorCode::kData, "the state of a load is damaged: its cursor",
                 "`assay run --fetch-anew` asks for everything again"};
  }
  ask.after = CursorValue{text_of("type"), text_of("value")};
  return ask;
}

std::vector<contract::Param> DatabaseParams(contract::Param where) {
  using contract::ParamType;
  return {std::move(where),
          {.name = "table",
           .type = ParamType::kString,
           .summary = "the table to read, `orders` or `shop.orders`"},
          {.name = "query",
           .type = ParamType::kText,
           .summary = "or one SELECT in the database's own SQL"},
          {.name = "columns",
           .type = ParamType::kColumns,
           .summary = "of a table: the columns to read; all when not given"},
          {.name = "cursor",
           .type = ParamType::kColumn,
           .summary = "a column that grows with each new row: later fetches ask only for rows "
                      "behind the highest value seen"},
          {.name = "order_by",
           .type = ParamType::kColumns,
           .summary = "columns by which the stored rows are ordered first"}};
}

Status CheckDatabaseParams(const Json& params) {
  const bool has_table = !params.value("table", "").empty();
  const bool has_query = !params.value("query", "").empty();
  if (has_table == has_query) {
    return Error{ErrorCode::kUser,
                 has_table ? "a table and a query" : "neither a table nor a query",
                 "write `table: NAME` or `query: SELECT ...`"};
  }
  if (has_query && params.contains("columns")) {
    return Error{ErrorCode::kUser, "`columns` stands beside a query",
                 "name the columns in the SELECT"};
  }
  return {};
}

Json DatabaseAsks(const Json& params) {
  Json asks = params;
  asks.erase("connection");
  // Another order of the same rows.
  asks.erase("order_by");
  return asks;
}

Result<SourceRead> ReadFetched(const SourceContext& context) {
  const Json none = Json::object();
  return FindSource("parquet")->read({context.engine, none, context.files, context.as_text});
}

std::string LocationOf(const DatabaseAsk& ask) {
  std::string text = ask.kind + " " + (ask.table.empty() ? "query" : ask.table);
  if (ask.after) text += ", " + ask.cursor + " > " + ask.after->text;
  return text;
}

Result<Schema> ColumnsOf(const DatabaseRows& rows) {
  TRY_ASSIGN(const std::string canonical, CanonicalRows(rows));
  auto schema = rows.engine.Describe(canonical);
  if (!schema.ok()) return rows.told(std::move(schema).error());
  return schema;
}

Result<Fetch> KeepRows(const FetchContext& context, const DatabaseAsk& ask,
                       const DatabaseRows& rows) {
  engine::Engine& engine = rows.engine;
  TRY_ASSIGN(const std::string canonical, CanonicalRows(rows));
  TRY_ASSIGN(const Schema schema, ColumnsOf(rows));
  TRY(CheckColumnNames(schema));
  TRY(CheckCursor(ask, schema));
  TRY(CheckOrderBy(ask, schema));
  const StagedRows staged(context.objects.StagingPath(".parquet"));
  const std::string collected_at = UtcText(context.clock.NowMicros());
  context.tell("asks for " + LocationOf(ask));
  auto copied = CopyStoppably(context, engine, OrderedQuery(ask, schema, canonical), staged.path());
  if (!copied.ok()) return rows.told(std::move(copied).error());
  const std::string stored = engine::ReadParquet({staged.path()}, schema);
  TRY(CheckTimes(engine, schema, stored));
  std::optional<CursorValue> highest = rows.highest;
  if (!ask.cursor.empty() && !highest) {
    TRY_ASSIGN(highest, HighestOf(engine, ask, schema, stored));
  }
  if (*copied == 0 && ask.after) return Unchanged(context);
  TRY_ASSIGN(const store::FileRef file, context.objects.Adopt(staged.path(), *copied));
  context.tell(std::to_string(*copied) + (*copied == 1 ? " row of " : " rows of ") +
               LocationOf(ask));
  const auto& before = context.before.objects;
  if (ask.cursor.empty() && before.size() == 1 && before[0].receipt.sha256 == file.sha256) {
    return Unchanged(context);
  }
  Fetch fetch;
  fetch.objects.push_back({.receipt = {LocationOf(ask), file.sha256, file.bytes, collected_at}});
  fetch.cursor = CursorJson(ask, highest);
  return fetch;
}

Result<std::string> ConnectionOf(const Json& params) {
  const auto secret = contract::TextsOf(params, "connection");
  const char* value = secret.empty() ? nullptr : std::getenv(secret[0].c_str());
  if (value != nullptr && *value != '\0') return std::string(value);
  return Error{ErrorCode::kUser,
               "environment variable is not set: " + (secret.empty() ? "" : secret[0]),
               "set it to the connection, as `postgres://USER:PASSWORD@HOST/DATABASE`"};
}

std::vector<std::string> PasswordsOf(const std::string& connection) {
  std::vector<std::string> passwords;
  const auto add = [&](const std::string& password) {
    for (const std::string& each : {password, PercentDecoded(password)}) {
      if (!each.empty() && std::ranges::find(passwords, each) == passwords.end()) {
        passwords.push_back(each);
      }
    }
  };
  // Of `scheme://user:password@host`, where the password may hold an @ that should be %40.
  if (const auto scheme = connection.find("://"); scheme != std::string::npos) {
    const std::size_t begin = scheme + 3;
    const std::size_t end = connection.rfind('@');
    const std::size_t colon = connection.find(':', begin);
    if (end != std::string::npos && colon < end) add(connection.substr(colon + 1, end - colon - 1));
  }
  for (const std::string_view key : {"password", "passwd", "sslpassword"}) {
    for (std::size_t at = connection.find(key); at != std::string::npos;
         at = connection.find(key, at + 1)) {
      std::size_t value = at + key.size();
      while (value < connection.size() && connection[value] == ' ') ++value;
      if (value >= connection.size() || connection[value] != '=') continue;
      ++value;
      while (value < connection.size() && connection[value] == ' ') ++value;
      add(ValueOfPair(connection, value));
    }
  }
  return passwords;
}

Error ToldOf(Error error, const std::string& server, const std::string& connection) {
  if (error.code == ErrorCode::kCancelled || error.code == ErrorCode::kInternal) return error;
  if (engine::IsOutOfMemory(error) || !error.hint.empty()) return error;
  if (error.message.starts_with("loading an extension")) {
    error.code = ErrorCode::kIo;
    error.hint = "it must be that of the engine's version: " +
                 engine::HowToGetExtension(server + "_scanner");
    return error;
  }
  std::string text = error.message;
  const std::string lower = Lower(text);
  const bool is_connection = ContainsAny(lower, kNoConnection);
  // What the engine puts before the server's own words quotes the connection or the query.
  if (const std::size_t at = text.find(connection + "\": "); at != std::string::npos) {
    text = text.substr(at + connection.size() + 3);
  } else if (std::string said = BehindLast(text, "ERROR:  "); !said.empty()) {
    text = said;
  } else if (said = BehindLast(text, "\": "); !said.empty()) {
    text = said;
  }
  for (const std::string& password : PasswordsOf(connection)) {
    text = Replaced(text, password, "...");
  }
  text = Replaced(text, connection, "...");
  // What a server that died in the middle has to say.
  if (text.empty()) {
    return {ErrorCode::kIo, server + " broke off its answer", "look whether the server runs"};
  }
  if (is_connection) {
    // Of a connection that is written wrong, what is taken for a host may be more than that.
    const std::size_t host = text.find(" host ");
    if (host != std::string::npos && text.find("Attempted") == std::string::npos) {
      text = "there is no such host";
    }
    return {ErrorCode::kIo, server + " cannot be reached: " + text,
            "look at the connection in the environment variable, and whether the server runs"};
  }
  if (error.code == ErrorCode::kIo && error.message.find("onnect to") != std::string::npos) {
    return UnreadableConnection(server);
  }
  // MySQL's errors are all told as of the environment.
  const bool is_of_sql = error.code == ErrorCode::kIo && !ContainsAny(lower, kOfTheMoment) &&
                         !lower.starts_with("cannot open file") && !lower.starts_with("could not");
  return {is_of_sql ? ErrorCode::kUser : error.code, server + " says: " + text, ""};
}

Result<std::unique_ptr<engine::Engine>> OpenDatabase(
    const FetchContext& context, const std::string& extension, const std::string& type,
    const std::string& connection, std::vector<std::pair<std::string, std::string>> settings) {
  TRY_ASSIGN(const std::filesystem::path file, engine::FindExtension(extension));
  TRY_ASSIGN(engine::Engine* const parent, context.engine());
  auto engine = parent->OpenAttached({file, type, connection, std::move(settings)});
  if (engine.ok()) return engine;
  Error error = ToldOf(std::move(engine).error(), type, connection);
  // What the engine's reader of connections says of one that it does not understand (`stoi`).
  if (error.message.starts_with(type + " says: ")) return UnreadableConnection(type);
  return error;
}

}  // namespace assay::source
