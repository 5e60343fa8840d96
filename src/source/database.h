/// What the kinds of databases share: what they are asked for, how their rows become an object of
/// the store, and where the next fetch begins. Knows no database.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/kind_info.h"
#include "engine/engine.h"
#include "source/source.h"

namespace assay::source {

/// The highest value of a cursor column that was fetched.
struct CursorValue {
  std::string type;  ///< as TypeText has it, or as the kind calls it
  std::string text;

  bool operator==(const CursorValue&) const = default;
};

/// What a fetch asks of a database.
struct DatabaseAsk {
  std::string kind;
  std::string table, query;           ///< one of the two; the query without a semicolon at its end
  std::vector<std::string> columns;   ///< of the table; empty for all
  std::vector<std::string> order_by;  ///< columns that order the rows before all others
  std::string cursor;                 ///< a column; empty without
  std::optional<CursorValue> after;   ///< only rows behind it
};

/// Reads the parameters and where the last fetch ended.
Result<DatabaseAsk> AskOf(const std::string& kind, const FetchContext& context);

/// Parameters of all databases, behind the one that says where the database is.
std::vector<contract::Param> DatabaseParams(contract::Param where);
/// Mistakes that the parameters alone show.
Status CheckDatabaseParams(const Json& params);
/// What decides what is asked: all parameters but those that only say how to get there.
Json DatabaseAsks(const Json& params);
/// The fetched Parquet objects, read as those of a Parquet source.
Result<SourceRead> ReadFetched(const SourceContext& context);

/// `postgres public.orders`, and behind a cursor `postgres public.orders, id > 42`.
std::string LocationOf(const DatabaseAsk& ask);

/// The rows of a database, ready to be copied.
struct DatabaseRows {
  engine::Engine& engine;
  std::string query;  ///< over what `engine` reads
  /// The cursor's highest value where the kind knows it better than the stored rows tell.
  std::optional<CursorValue> highest{};
  /// An error of the engine as it may be told.
  std::function<Error(Error)> told = [](Error error) { return error; };
};

/// The columns of a query in types that a version can hold; one that has none is kUser.
Result<Schema> ColumnsOf(const DatabaseRows& rows);

/// Writes the rows as one Parquet object, ordered so that the same rows give the same bytes. A type
/// that a version cannot hold, an infinite time, a cursor that is null or has no exact order are
/// errors that name the column. Where nothing is new, the fetch is `is_unchanged`.
Result<Fetch> KeepRows(const FetchContext& context, const DatabaseAsk& ask,
                       const DatabaseRows& rows);

/// Opens the attached database of a kind; `connection` may hold a password.
Result<std::unique_ptr<engine::Engine>> OpenDatabase(
    const FetchContext& context, const std::string& extension, const std::string& type,
    const std::string& connection, std::vector<std::pair<std::string, std::string>> settings = {});

/// The value of the parameter `connection`. An error where the variable is no longer set.
Result<std::string> ConnectionOf(const Json& params);

/// An error of a database as it may be told: without the connection, its user's password or the
/// text of a query, in one line; `server` is how the database is called.
Error ToldOf(Error error, const std::string& server, const std::string& connection);

/// The secrets in a connection: `password=...` of key=value pairs, or that of a URL, as written and
/// with percent signs decoded.
std::vector<std::string> PasswordsOf(const std::string& connection);

}  // namespace assay::source
