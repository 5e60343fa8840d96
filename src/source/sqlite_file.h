/// A stranger's SQLite file, opened to be read: one state of it, row by row. Values keep the
/// storage class that each of them has; a column's declared type binds nobody.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace assay::source {

enum class SqliteClass { kNull, kInteger, kReal, kText, kBlob };

class SqliteFile;

/// The rows of one SELECT.
class SqliteRows {
 public:
  ~SqliteRows();
  SqliteRows(const SqliteRows&) = delete;
  SqliteRows& operator=(const SqliteRows&) = delete;

  /// False behind the last row.
  Result<bool> Step();
  int columns() const;
  std::string NameOf(int column) const;
  /// As written in CREATE TABLE; empty of an expression.
  std::string DeclaredOf(int column) const;
  SqliteClass ClassOf(int column) const;
  std::int64_t Integer(int column) const;
  double Real(int column) const;
  /// Of a text or a blob; until the next row.
  std::string_view Bytes(int column) const;

 private:
  friend class SqliteFile;
  SqliteRows(std::shared_ptr<const SqliteFile> file, sqlite3_stmt* statement)
      : file_(std::move(file)), statement_(statement) {}

  std::shared_ptr<const SqliteFile> file_;
  sqlite3_stmt* statement_;
  bool is_done_ = false;
};

class SqliteFile : public std::enable_shared_from_this<SqliteFile> {
 public:
  /// Opens a file and begins a transaction, so that all is read of one state. `name` is how errors
  /// call it. A file that is not there is kIo, one that is no database kData.
  static Result<std::shared_ptr<SqliteFile>> Open(const std::filesystem::path& path,
                                                  const std::string& name);
  ~SqliteFile();
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  /// Prepares one SELECT; `bound` is its ?1, a number or a text. What is wrong with it is kUser.
  Result<std::unique_ptr<SqliteRows>> Select(const std::string& sql,
                                             const std::optional<std::int64_t>& number,
                                             const std::optional<std::string>& text) const;

 private:
  friend class SqliteRows;
  SqliteFile(sqlite3* handle, std::string name) : handle_(handle), name_(std::move(name)) {}
  Error Failure() const;

  sqlite3* handle_;
  std::string name_;
};

}  // namespace assay::source
