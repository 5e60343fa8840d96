#include "source/sqlite_file.h"

#include <sqlite3.h>

#include <utility>

namespace assay::source {

SqliteRows::~SqliteRows() { sqlite3_finalize(statement_); }

Result<bool> SqliteRows::Step() {
  // Behind its end a statement begins again.
  if (is_done_) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  is_done_ = true;
  if (code == SQLITE_DONE) return false;
  return file_->Failure();
}

int SqliteRows::columns() const { return sqlite3_column_count(statement_); }

std::string SqliteRows::NameOf(int column) const {
  const char* name = sqlite3_column_name(statement_, column);
  return name == nullptr ? "" : name;
}

std::string SqliteRows::DeclaredOf(int column) const {
  const char* type = sqlite3_column_decltype(statement_, column);
  return type == nullptr ? "" : type;
}

SqliteClass SqliteRows::ClassOf(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return SqliteClass::kInteger;
    case SQLITE_FLOAT:
      return SqliteClass::kReal;
    case SQLITE_TEXT:
      return SqliteClass::kText;
    case SQLITE_BLOB:
      return SqliteClass::kBlob;
    default:
      return SqliteClass::kNull;
  }
}

std::int64_t SqliteRows::Integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double SqliteRows::Real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view SqliteRows::Bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
}

Result<std::shared_ptr<SqliteFile>> SqliteFile::Open(const std::filesystem::path& path,
                                                     const std::string& name) {
  constexpr int kBusyMillis = 5000;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return Error{ErrorCode::kIo, "there is no such file: " + name,
                 "paths begin at the project's folder"};
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  std::shared_ptr<SqliteFile> file(new SqliteFile(handle, name));
  if (code != SQLITE_OK) return file->Failure();
  sqlite3_busy_timeout(handle, kBusyMillis);
  // Nothing that stands in a stranger's schema is to run functions with effects.
  for (const char* sql : {"PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON", "BEGIN",
                          "SELECT count(*) FROM sqlite_schema"}) {
    if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return file->Failure();
  }
  return file;
}

SqliteFile::~SqliteFile() { sqlite3_close(handle_); }

Result<std::unique_ptr<SqliteRows>> SqliteFile::Select(
    const std::string& sql, const std::optional<std::int64_t>& number,
    const std::optional<std::string>& text) const {
  sqlite3_stmt* statement = nullptr;
  const char* behind = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_, sql.c_str(), static_cast<int>(sql.size()), &statement, &behind);
  std::unique_ptr<SqliteRows> rows(new SqliteRows(shared_from_this(), statement));
  if (code != SQLITE_OK) return Failure();
  if (statement == nullptr || sqlite3_stmt_readonly(statement) == 0 ||
      behind != sql.c_str() + sql.size()) {
    return Error{ErrorCode::kUser, "only one SELECT can be asked of " + name_, "write one SELECT"};
  }
  if (number) sqlite3_bind_int64(statement, 1, *number);
  if (text) {
    sqlite3_bind_text(statement, 1, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
  }
  return rows;
}

Error SqliteFile::Failure() const {
  const std::string said = handle_ == nullptr ? "no memory" : sqlite3_errmsg(handle_);
  switch (handle_ == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle_)) {
    case SQLITE_NOTADB:
      return {ErrorCode::kData, name_ + " is no SQLite database", "look at what the file is"};
    case SQLITE_CORRUPT:
      return {ErrorCode::kData, name_ + " is damaged: " + said, "copy or write the file again"};
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return {ErrorCode::kUser, "sqlite says: " + said, ""};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kIo, name_ + " is locked by another program", "try again later"};
    default:
      return {ErrorCode::kIo, name_ + " cannot be read: " + said, ""};
  }
}

}  // namespace assay::source
