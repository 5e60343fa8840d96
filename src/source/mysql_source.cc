#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <utility>

#include "engine/sql_text.h"
#include "source/database.h"

namespace assay::source {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr const char* kServer = "mysql";

std::string MysqlName(const std::string& name) {
  std::string quoted = "`";
  for (const char c : name) quoted += c == '`' ? "``" : std::string(1, c);
  return quoted + "`";
}

// A text that no setting of the server reads otherwise.
std::string MysqlText(const std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  constexpr unsigned kLow = 0xf;
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & kLow];
  }
  return "CONVERT(x'" + hex + "' USING utf8mb4)";
}

// One statement of the server, whose rows come as they are made.
std::string OnMysql(const std::string& sql) {
  return "mysql_query(" + QuoteText(engine::kAttached) + ", " + QuoteText(sql) +
         ", stream_results = true)";
}

Error TooManyDigits(const std::string& column) {
  return {
      ErrorCode::kUser,
      "column `" + column +
          "` has a type that a version cannot hold: decimal of more than 38 digits",
      "ask by a `query` that casts it, as `CAST(" + column + " AS DECIMAL(38, 10))`, or to CHAR"};
}

class MysqlFetch {
 public:
  MysqlFetch(const FetchContext& context, engine::Engine& engine, DatabaseAsk ask,
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
  Result<std::string> TableSelect();
  std::string Behind() const;
  Status CheckNumbers(const Schema& columns) const;
  Status MendDecimals(Schema& columns) const;
  std::string RowsQuery(const Schema& columns) const;

  const FetchContext& context_;
  engine::Engine& engine_;
  DatabaseAsk ask_;
  std::string connection_;
  std::string select_;  // what the server is asked for, without the cursor
  std::map<std::string, std::pair<int, int>>
      digits_;  // of a table's decimals, all and behind the point
};

bool IsMysqlText(const std::string& type) {
  constexpr std::array kBytes = {
      "binary",     "varbinary",       "tinyblob",     "blob",
      "mediumblob", "longblob",        "bit",          "tinyint",
      "smallint",   "mediumint",       "int",          "bigint",
      "float",      "double",          "decimal",      "date",
      "datetime",   "timestamp",       "time",         "year",
      "geometry",   "point",           "linestring",   "polygon",
      "multipoint", "multilinestring", "multipolygon", "geometrycollection"};
  return std::ranges::find(kBytes, type) == kBytes.end();
}

// The columns of a table; texts in UTF-8, whatever their collation, JSON, UUID and addresses too.
Result<std::string> MysqlFetch::TableSelect() {
  const std::size_t dot = ask_.table.find('.');
  const std::string name = ask_.table.substr(dot == std::string::npos ? 0 : dot + 1);
  const std::string schema =
      dot == std::string::npos ? "DATABASE()" : MysqlText(ask_.table.substr(0, dot));
  TRY_ASSIGN(
      const engine::Grid found,
      Told(engine_.Query("FROM " + OnMysql("SELECT CONVERT(table_schema USING utf8mb4) AS s, "
                                           "CONVERT(column_name USING utf8mb4) AS c, "
                                           "CONVERT(LOWER(data_type) USING utf8mb4) AS t, "
                                           "numeric_precision AS p, numeric_scale AS d FROM "
                                           "information_schema.columns WHERE table_schema = " +
                                           schema + " AND table_name = " + MysqlText(name) +
                                           " ORDER BY ordinal_position"))));
  if (found.rows.empty()) {
    return Error{ErrorCode::kUser, "mysql has no table, or does not show it: " + ask_.table,
                 "write DATABASE.TABLE as the server has them, or a `query`"};
  }
  std::vector<std::string> wanted = ask_.columns;
  if (wanted.empty()) {
    for (const auto& row : found.rows) wanted.push_back(row.at(1).value_or(""));
  }
  std::string list;
  for (const std::string& column : wanted) {
    const auto row = std::ranges::find_if(
        found.rows, [&](const auto& one) { return one.at(1).value_or("") == column; });
    if (row == found.rows.end()) {
      return Error{ErrorCode::kUser, "table " + ask_.table + " has no column: " + column, ""};
    }
    if (row->at(2).value_or("") == "decimal") {
      digits_[column] = {std::atoi(row->at(3).value_or("0").c_str()),
                         std::atoi(row->at(4).value_or("0").c_str())};
    }
    const std::string quoted = MysqlName(column);
    if (!list.empty()) list += ", ";
    list += IsMysqlText(row->at(2).value_or(""))
                ? "CONVERT(CAST(" + quoted + " AS CHAR) USING utf8mb4) AS " + quoted
                : quoted;
  }
  return "SELECT " + list + " FROM " + MysqlName(found.rows[0].at(0).value_or("")) + "." +
         MysqlName(name);
}

// The condition for rows behind the cursor; also for those where it is null, which are then told.
std::string MysqlFetch::Behind() const {
  const std::string name = "q." + MysqlName(ask_.cursor);
  const CursorValue& after = *ask_.after;
  std::string condition;
  if (after.type == "string") {
    condition = "CAST(" + name + " AS BINARY) > CAST(" + MysqlText(after.text) + " AS BINARY)";
  } else if (after.type.starts_with("date") || after.type.starts_with("timestamp")) {
    condition = name + " > CAST(" + MysqlText(after.text) + " AS " +
                (after.type == "date" ? "DATE)" : "DATETIME(6))");
  } else {
    condition = name + " > " + after.text;
  }
  return "(" + condition + " OR " + name + " IS NULL)";
}

// Decimals of more than 38 digits come as doubles, which look like those of the server. Sums of
// decimals are exact, and those of doubles are not: 0.1 + 0.2 is 0.3 of decimals alone.
Status MysqlFetch::CheckNumbers(const Schema& columns) const {
  std::vector<std::string> names;
  std::string list;
  for (const Field& column : columns) {
    if (column.type.kind != TypeKind::kFloat64) continue;
    list += (list.empty() ? "" : ", ") +
            ("COALESCE((SELECT q." + MysqlName(column.name) + " FROM (" + select_ +
             "\n) AS q LIMIT 0), 0) + 0.1 + 0.2 = 0.3 AS c") +
            std::to_string(names.size());
    names.push_back(column.name);
  }
  if (names.empty()) return {};
  TRY_ASSIGN(const engine::Grid grid, Told(engine_.Query("FROM " + OnMysql("SELECT " + list))));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (grid.rows.at(0).at(i).value_or("") != "1") continue;
    return TooManyDigits(names[i]);
  }
  return {};
}

// What the engine would not take over as it is comes as text, which it reads strictly: decimals,
// whose digits it miscounts, and dates, of which those of zeros would become null.
std::string MysqlFetch::RowsQuery(const Schema& columns) const {
  std::string asked, taken;
  for (const Field& column : columns) {
    const std::string name = QuoteName(column.name);
    const std::string on_server = MysqlName(column.name);
    if (!asked.empty()) {
      asked += ", ";
      taken += ", ";
    }
    const TypeKind kind = column.type.kind;
    if (kind == TypeKind::kDecimal) {
      asked += "CAST(q." + on_server + " AS CHAR) AS " + on_server;
      taken += "CAST(" + name + " AS " + engine::TypeSql(column.type) + ") AS " + name;
    } else if (kind == TypeKind::kDate || kind == TypeKind::kTimestamp) {
      asked += "CAST(q." + on_server + " AS CHAR) AS " + on_server;
      taken += "CASE WHEN " + name + "[6:7] = '00' OR " + name + "[9:10] = '00' THEN error(" +
               QuoteText("column `" + column.name +
                         "` has a date without a month or a day, as 0000-00-00; make it null or "
                         "text in a `query`") +
               ") ELSE CAST(" + name + " AS " + engine::TypeSql(column.type) + ") END AS " + name;
    } else {
      asked += "q." + on_server;
      taken += name;
    }
  }
  std::string sql = "SELECT " + asked + " FROM (" + select_ + "\n) AS q";
  if (ask_.after) sql += " WHERE " + Behind();
  return "SELECT " + taken + " FROM " + OnMysql(sql);
}

// The digits of decimals as the server has them. The engine takes one for a point that whole
// decimals do not have.
Status MysqlFetch::MendDecimals(Schema& columns) const {
  constexpr int kMostDigits = 38;
  for (Field& column : columns) {
    const auto declared = digits_.find(column.name);
    if (declared != digits_.end()) {
      if (declared->second.first > kMostDigits) return TooManyDigits(column.name);
      column.type = {TypeKind::kDecimal, declared->second.first, declared->second.second, {}};
    } else if (column.type.kind == TypeKind::kDecimal && column.type.scale == 0) {
      if (++column.type.precision > kMostDigits) return TooManyDigits(column.name);
    }
  }
  return {};
}

Result<Fetch> MysqlFetch::Run() {
  if (ask_.table.empty()) {
    select_ = "SELECT * FROM (\n" + ask_.query + "\n) AS asked";
  } else {
    TRY_ASSIGN(select_, TableSelect());
  }
  TRY_ASSIGN(Schema columns, ColumnsOf(Rows("FROM " + OnMysql(select_))));
  TRY(CheckNumbers(columns));
  TRY(MendDecimals(columns));
  return KeepRows(context_, ask_, Rows(RowsQuery(columns)));
}

Result<Fetch> FetchMysql(const FetchContext& context) {
  TRY_ASSIGN(DatabaseAsk ask, AskOf(kServer, context));
  TRY_ASSIGN(const std::string connection, ConnectionOf(context.params));
  TRY_ASSIGN(const auto engine, OpenDatabase(context, "mysql_scanner", kServer, connection,
                                             {// Both hold more than two values.
                                              {"mysql_tinyint1_as_boolean", "false"},
                                              {"mysql_bit1_as_boolean", "false"},
                                              {"mysql_session_time_zone", "'+00:00'"},
                                              // A fetch has the timeout of its source.
                                              {"mysql_query_timeout_enabled", "false"}}));
  return MysqlFetch(context, *engine, std::move(ask), connection).Run();
}

}  // namespace

SourceKind mysql_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = kServer,
           .summary = "a table or query of a MySQL or MariaDB database",
           .help =
               "`connection` names an environment variable that holds a URL "
               "(`mysql://USER:PASSWORD@HOST:PORT/DATABASE`) or `key=value` pairs (`host`, `port`, "
               "`user`, `password`, `database`); it stands in no file, message or receipt. `assay "
               "run` reads all rows by one SELECT, which sees one state of the tables, and keeps "
               "them as a Parquet object; everything else works with that.\n\n"
               "With `cursor`, a later fetch asks only for rows whose cursor is greater than the "
               "highest value seen. A null cursor is an error. Rows that are committed later with "
               "a "
               "cursor that is not greater are not seen: take a column that grows with commits, or "
               "fetch all.\n\n"
               "Rows are stored in the order of `order_by`, then of all columns, so the same rows "
               "give the same object. The session's time zone is UTC, and TIMESTAMP and DATETIME "
               "become times without a zone. TINYINT(1) is a number, BIT its bytes, TIME, ENUM, "
               "SET, "
               "JSON and UUID text. In a `query`, texts with a binary collation, JSON among them, "
               "come as bytes; `CONVERT(x USING utf8mb4)` makes them text. What no version can "
               "hold "
               "is an error that names the column: decimals of more than 38 digits, dates without "
               "a "
               "month or a day. A `query` that casts gets them.\n\n"
               "The engine's extension `mysql_scanner` does the reading; `assay doctor` says how "
               "to "
               "get it.",
           .version = 1,
           .params = DatabaseParams({.name = "connection",
                                     .type = ParamType::kSecret,
                                     .summary = "environment variable with the connection",
                                     .required = true}),
           .check = CheckDatabaseParams,
           .example = "sources:\n"
                      "  orders:\n"
                      "    kind: mysql\n"
                      "    connection: ${SHOP_DATABASE}\n"
                      "    query: SELECT id, placed_at, amount FROM orders WHERE amount > 0\n"
                      "    cursor: id\n"},
      .read = ReadFetched,
      .fetch = FetchMysql,
      .asks = DatabaseAsks};
}

}  // namespace assay::source
