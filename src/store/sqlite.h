/// SQLite with our errors: an open database and its prepared statements. Knows no table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace assay::store {

class Database;

/// A prepared statement with its values bound; given back to its database on destruction.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// True when there is a row to read, false at the end.
  Result<bool> Step();
  /// Runs to the end; for what returns no rows.
  Status Run();

  std::string Text(int column) const;
  std::int64_t Int(int column) const;
  std::uint64_t Count(int column) const { return static_cast<std::uint64_t>(Int(column)); }
  double Real(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle, bool cached)
      : database_(&database), handle_(handle), cached_(cached) {}
  void Bind(int index, std::string_view text);
  void Bind(int index, std::int64_t number);
  void Bind(int index, std::uint64_t number) { Bind(index, static_cast<std::int64_t>(number)); }
  void Bind(int index, int number) { Bind(index, static_cast<std::int64_t>(number)); }
  void Bind(int index, double number);

  Database* database_;
  sqlite3_stmt* handle_;
  bool cached_;
  int bind_result_ = 0;
};

/// One connection. Must stay where it is while statements live.
class Database {
 public:
  enum class Mode { kReadOnly, kReadWrite, kCreate, kImmutable };

  static Result<std::unique_ptr<Database>> Open(const std::filesystem::path& file, Mode mode);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Prepares `sql`, a literal (statements are kept by it), and binds `values` to ?1, ?2, ...
  template <typename... Values>
  Result<Statement> Query(std::string_view sql, const Values&... values) {
    TRY_ASSIGN(Statement statement, Prepare(sql));
    int index = 0;
    (statement.Bind(++index, values), ...);
    return statement;
  }

  /// Runs one statement that returns no rows.
  template <typename... Values>
  Status Run(std::string_view sql, const Values&... values) {
    TRY_ASSIGN(Statement statement, Query(sql, values...));
    return statement.Run();
  }

  /// Runs a text of several statements.
  Status RunAll(const char* sql);
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  std::int64_t Changes() const;
  bool InTransaction() const;
  /// The error (kIo) of a write where the file can only be read; SQLite itself takes `BEGIN
  /// IMMEDIATE` there and complains at the first row.
  Status MayWrite() const;

  /// The last call's failure as our error, for a code of kinds kIo (busy, disk, mode), kData
  /// (damaged file) or kInternal.
  Error Failure() const;

 private:
  friend class Statement;
  Database(sqlite3* handle, std::filesystem::path file) : handle_(handle), file_(std::move(file)) {}
  Result<Statement> Prepare(std::string_view sql);
  Error FailureOf(int code) const;

  struct Cached {
    sqlite3_stmt* handle = nullptr;
    bool in_use = false;
  };

  sqlite3* handle_;
  std::filesystem::path file_;
  std::map<std::string_view, Cached> cache_;
};

}  // namespace assay::store
