#include <algorithm>
#include <utility>

#include "engine/sql_text.h"
#include "source/database.h"

namespace assay::source {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr const char* kServer = "postgres";

std::string AttachedName() { return std::string(engine::kAttached); }

// A query that the server runs in its own SQL, in the transaction that is open.
std::string OnServer(const std::string& sql) {
  return "postgres_query(" + QuoteText(AttachedName()) + ", " + QuoteText(sql) + ")";
}

class PostgresFetch {
 public:
  PostgresFetch(const FetchContext& context, engine::Engine& engine, DatabaseAsk ask,
                std::string connection)
      : context_(context),
        engine_(engine),
        ask_(std::move(ask)),
        connection_(std::move(connection)) {}

  Result<Fetch> Run();

 private:
  template <typename T>
  Result<T> Told(Result<T> result) const {
    if (!result.ok()) return ToldOf(std::move(result).error(), kServer, connection_);
    return result;
  }
  DatabaseRows Rows(const std::string& query) const {
    return {.engine = engine_, .query = query, .told = [this](Error error) {
              return ToldOf(std::move(error), kServer, connection_);
            }};
  }
  Result<Fetch> Keep();
  Status FindTable();
  std::string Selected() const;
  std::string Behind() const;
  Status LookAtTypes(const Schema& columns);
  Status CheckNumbers() const;
  Result<bool> IsScannable(const Schema& by_query) const;
  Result<std::string> RowsQuery();

  const FetchContext& context_;
  engine::Engine& engine_;
  DatabaseAsk ask_;
  std::string connection_;
  std::string schema_, table_;         // where a table is asked for
  std::string select_;                 // what the server is asked for, without the cursor
  std::vector<std::string> numerics_;  // columns of decimals, and of lists of them
};

// Finds the table as the server does, by its search path where no schema is named.
Status PostgresFetch::FindTable() {
  const std::size_t dot = ask_.table.find('.');
  std::string name = QuoteName(ask_.table.substr(dot == std::string::npos ? 0 : dot + 1));
  if (dot != std::string::npos) name = QuoteName(ask_.table.substr(0, dot)) + "." + name;
  TRY_ASSIGN(
      const engine::Grid found,
      Told(engine_.Query("FROM " +
                         OnServer("SELECT n.nspname::text AS schema, c.relname::text AS name FROM "
                                  "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                                  "c.oid = to_regclass(" +
                                  QuoteText(name) + ")"))));
  if (found.rows.empty()) {
    return Error{ErrorCode::kUser, "postgres has no table, or does not show it: " + ask_.table,
                 "write SCHEMA.TABLE as the server has them, or a `query`"};
  }
  schema_ = found.rows[0].at(0).value_or("");
  table_ = found.rows[0].at(1).value_or("");
  return {};
}

std::string PostgresFetch::Selected() const {
  if (ask_.table.empty()) return "SELECT * FROM (\n" + ask_.query + "\n) AS asked";
  return "SELECT " + (ask_.columns.empty() ? "*" : engine::NameList(ask_.columns)) + " FROM " +
         QuoteName(schema_) + "." + QuoteName(table_);
}

// The condition for rows behind the cursor; also for those where it is null, which are then told.
std::string PostgresFetch::Behind() const {
  const std::string name = QuoteName(ask_.cursor);
  std::string column = name;
  std::string value = QuoteText(ask_.after->text);
  const std::string& type = ask_.after->type;
  if (type == "string") {
    column += "::text COLLATE \"C\"";
  } else if (type == "date") {
    value += "::date";
  } else if (type == "timestamp[us]") {
    value += "::timestamp";
  } else if (type == "timestamp[us,utc]") {
    value += "::timestamptz";
  } else {
    value += "::numeric";
    // An index over whole numbers serves whole numbers alone.
    if (type.find("decimal") == std::string::npos && type.find("128") == std::string::npos) {
      value += "::bigint";
    }
  }
  return "(" + column + " > " + value + " OR " + name + " IS NULL)";
}

// What the engine would take for something else without a word: numbers of any length, for doubles.
Status PostgresFetch::LookAtTypes(const Schema& columns) {
  std::string types;
  for (const Field& column : columns) {
    types += (types.empty() ? "" : ", ") +
             ("pg_typeof(q." + QuoteName(column.name) + ")::text AS t") +
             std::to_string(&column - columns.data());
  }
  TRY_ASSIGN(const engine::Grid grid,
             Told(engine_.Query("FROM " + OnServer("SELECT " + types +
                                                   " FROM (SELECT 1) AS one LEFT "
                                                   "JOIN (SELECT * FROM (" +
                                                   select_ + ") AS r LIMIT 0) AS q ON true"))));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Field& column = columns[i];
    const std::string type = grid.rows.at(0).at(i).value_or("");
    if (!type.starts_with("numeric")) continue;
    const Type* number = &column.type;
    while (number->kind == TypeKind::kList) number = &number->children[0].type;
    const bool is_held = number->kind == TypeKind::kDecimal && number->scale <= number->precision;
    if (!is_held) {
      return Error{
          ErrorCode::kUser,
          "column `" + column.name + "` has a type that a version cannot hold: " + type +
              " without digits, or with more than 38 of them",
          "ask by a `query` that casts it, as `" + column.name + "::numeric(38, 10)`, or to text"};
    }
    numerics_.push_back(column.name);
  }
  return {};
}

// Decimals know no NaN; the engine would read it as 0.
Status PostgresFetch::CheckNumbers() const {
  if (numerics_.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < numerics_.size(); ++i) {
    const std::string name = QuoteName(numerics_[i]);
    list += (i > 0 ? ", " : "") +
            ("coalesce(bool_or('NaN' = ANY (ARRAY[" + name + "]::numeric[])), false) AS c") +
            std::to_string(i);
  }
  std::string rows = select_;
  if (ask_.after) rows = "SELECT * FROM (" + select_ + ") AS r WHERE " + Behind();
  TRY_ASSIGN(
      const engine::Grid grid,
      Told(engine_.Query("FROM " + OnServer("SELECT " + list + " FROM (" + rows + ") AS q"))));
  for (std::size_t i = 0; i < numerics_.size(); ++i) {
    if (grid.rows.at(0).at(i).value_or("") != "true") continue;
    return Error{ErrorCode::kData, "column `" + numerics_[i] + "` has NaN, which no decimal is",
                 "make it null in a `query`: nullif(" + numerics_[i] + ", 'NaN')"};
  }
  return {};
}

// Whether the table, read in pieces side by side, has the types that the server's own answer has.
// Where an array may have two dimensions, the answer cannot be read at all.
Result<bool> PostgresFetch::IsScannable(const Schema& by_query) const {
  const std::string scan =
      "SELECT " + (ask_.columns.empty() ? "*" : engine::NameList(ask_.columns)) + " FROM " +
      AttachedName() + "." + QuoteName(schema_) + "." + QuoteName(table_);
  const auto canonical = engine_.Canonical(scan);
  if (!canonical.ok()) return false;
  TRY_ASSIGN(const Schema by_scan, Told(engine_.Describe(*canonical)));
  return by_scan == by_query;
}

Result<std::string> PostgresFetch::RowsQuery() {
  const std::string by_server =
      "SELECT * FROM " +
      OnServer(ask_.after ? "SELECT * FROM (" + select_ + ") AS r WHERE " + Behind() : select_);
  TRY_ASSIGN(const Schema columns, ColumnsOf(Rows("SELECT * FROM " + OnServer(select_))));
  TRY(LookAtTypes(columns));
  TRY(CheckNumbers());
  if (ask_.table.empty() || ask_.after) return by_server;
  TRY_ASSIGN(const bool is_scannable, IsScannable(columns));
  if (!is_scannable) return by_server;
  return "SELECT " + (ask_.columns.empty() ? "*" : engine::NameList(ask_.columns)) + " FROM " +
         AttachedName() + "." + QuoteName(schema_) + "." + QuoteName(table_);
}

Result<Fetch> PostgresFetch::Keep() {
  if (!ask_.table.empty()) TRY(FindTable());
  select_ = Selected();
  TRY_ASSIGN(const std::string rows, RowsQuery());
  return KeepRows(context_, ask_, Rows(rows));
}

Result<Fetch> PostgresFetch::Run() {
  // One snapshot for all that is asked: the first connection's, which the others take over.
  TRY(engine_.Execute("BEGIN"));
  auto kept = Keep();
  // A transaction whose server is gone must not be open when the engine is closed.
  const Status ended = engine_.Execute("ROLLBACK");
  (void)ended;
  return kept;
}

Result<Fetch> FetchPostgres(const FetchContext& context) {
  TRY_ASSIGN(DatabaseAsk ask, AskOf(kServer, context));
  TRY_ASSIGN(const std::string connection, ConnectionOf(context.params));
  TRY_ASSIGN(const auto engine, OpenDatabase(context, "postgres_scanner", kServer, connection));
  return PostgresFetch(context, *engine, std::move(ask), connection).Run();
}

}  // namespace

SourceKind postgres_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = kServer,
           .summary = "a table or query of a PostgreSQL database",
           .help =
               "`connection` names an environment variable that holds a URL "
               "(`postgres://USER:PASSWORD@HOST:PORT/DATABASE`) or `key=value` pairs, as libpq "
               "takes "
               "them; it stands in no file, message or receipt. `assay run` reads all rows in one "
               "repeatable read transaction that can change nothing, a table by several "
               "connections "
               "that share its snapshot, and keeps them as a Parquet object; everything else works "
               "with that.\n\n"
               "With `cursor`, a later fetch asks only for rows whose cursor is greater than the "
               "highest value seen. A null cursor is an error. Rows that are committed later with "
               "a "
               "cursor that is not greater are not seen: take a column that grows with commits, or "
               "fetch all.\n\n"
               "Rows are stored in the order of `order_by`, then of all columns, so the same rows "
               "give the same object. Enumerations, uuid, json, xml, bit strings, ranges, network "
               "addresses, money and composite types become text as the server writes them, "
               "`char(n)` without the blanks at its end, bytea bytes, timestamptz a time in UTC. "
               "What no version can hold is an error that names the column: numeric without digits "
               "or "
               "with more than 38, NaN in a numeric, infinite times, interval, time with a time "
               "zone. A `query` that casts gets them.\n\n"
               "The engine's extension `postgres_scanner` does the reading; `assay doctor` says "
               "how "
               "to get it.",
           .version = 1,
           .params = DatabaseParams({.name = "connection",
                                     .type = ParamType::kSecret,
                                     .summary = "environment variable with the connection",
                                     .required = true}),
           .check = CheckDatabaseParams,
           .example = "sources:\n"
                      "  orders:\n"
                      "    kind: postgres\n"
                      "    connection: ${SHOP_DATABASE}\n"
                      "    table: shop.orders\n"
                      "    cursor: id\n"},
      .read = ReadFetched,
      .fetch = FetchPostgres,
      .asks = DatabaseAsks};
}

}  // namespace assay::source
