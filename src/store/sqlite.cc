#include "store/sqlite.h"

#include <sqlite3.h>

#include <utility>

#include "store/json_place.h"

namespace assay::store {
namespace {

// A reader that meets a writer waits this long; writers exclude each other by the project's lock.
constexpr int kBusyMilliseconds = 5000;

constexpr auto kDamagedHint =
    "restore it from a backup, or try `sqlite3 catalog.sqlite .recover`; "
    "the objects beside it are not touched";

// `file:` URI of a path, for the parameters that only a URI can carry.
std::string UriOf(const std::filesystem::path& file, const std::string& parameters) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += {'%', kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
    } else {
      uri += c;
    }
  }
  return uri + "?" + parameters;
}

// The file may come from a stranger, who may have put into it whatever runs by itself: a view can
// be endless, a trigger can do anything to the rows. We use none of them; those that keep events
// from being changed are for others.
void Distrust(sqlite3* handle) {
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
}

// Our error for an SQLite result code. The message may name what a stranger named.
Error ErrorOf(int code, const std::string& told, const std::filesystem::path& file) {
  const std::string message = Shown(told);
  const std::string where = ": " + file.string();
  // The file beside it that its readers share could not grow: it is never other than small.
  if (code == SQLITE_IOERR_SHMSIZE) code = SQLITE_FULL;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kIo, "the catalog is busy, another process writes to it" + where,
              "wait for it to end, then try again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kIo, "the catalog cannot be written to (" + message + ")" + where,
              "check who owns the folder and its mode, and that its disk is not read-only"};
    case SQLITE_FULL:
      return {ErrorCode::kIo, "disk is full (" + message + ")" + where,
              "free some space and start again; what is recorded is not lost"};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_NOLFS:
      return {ErrorCode::kIo, "the catalog cannot be read or written (" + message + ")" + where,
              "check the disk, and who owns the folder and its mode"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kData, "the catalog is damaged (" + message + ")" + where, kDamagedHint};
    default:
      return {ErrorCode::kInternal, "the catalog refused (" + message + ")" + where, ""};
  }
}

}  // namespace

// --- Statement

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      handle_(std::exchange(other.handle_, nullptr)),
      cached_(other.cached_),
      bind_result_(other.bind_result_) {}

Statement::~Statement() {
  if (handle_ == nullptr) return;
  if (!cached_) {
    sqlite3_finalize(handle_);
    return;
  }
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  database_->cache_[sqlite3_sql(handle_)].in_use = false;
}

Result<bool> Statement::Step() {
  if (bind_result_ != SQLITE_OK) return database_->FailureOf(bind_result_);
  switch (sqlite3_step(handle_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return database_->Failure();
  }
}

Status Statement::Run() {
  for (;;) {
    TRY_ASSIGN(const bool row, Step());
    if (!row) return {};
  }
}

std::string Statement::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(handle_, column);
  if (text == nullptr) return "";
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::int64_t Statement::Int(int column) const { return sqlite3_column_int64(handle_, column); }

double Statement::Real(int column) const { return sqlite3_column_double(handle_, column); }

void Statement::Bind(int index, std::string_view text) {
  // An empty view may have no address, which SQLite would take as NULL.
  const char* bytes = text.data() == nullptr ? "" : text.data();
  const int result =
      sqlite3_bind_text64(handle_, index, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (result != SQLITE_OK) bind_result_ = result;
}

void Statement::Bind(int index, std::int64_t number) {
  const int result = sqlite3_bind_int64(handle_, index, number);
  if (result != SQLITE_OK) bind_result_ = result;
}

void Statement::Bind(int index, double number) {
  const int result = sqlite3_bind_double(handle_, index, number);
  if (result != SQLITE_OK) bind_result_ = result;
}

// --- Database

Result<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& file, Mode mode) {
  int flags = SQLITE_OPEN_EXRESCODE;
  std::string name = file.string();
  switch (mode) {
    case Mode::kReadOnly:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case Mode::kReadWrite:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case Mode::kCreate:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
    case Mode::kImmutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
      name = UriOf(file, "immutable=1");
      break;
  }
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle, file));
  if (result != SQLITE_OK) {
    return handle == nullptr ? database->FailureOf(result) : database->Failure();
  }
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  Distrust(handle);
  return database;
}

Database::~Database() {
  for (auto& [sql, cached] : cache_) sqlite3_finalize(cached.handle);
  sqlite3_close_v2(handle_);
}

Result<Statement> Database::Prepare(std::string_view sql) {
  const auto kept = cache_.find(sql);
  if (kept != cache_.end() && !kept->second.in_use) {
    kept->second.in_use = true;
    return Statement(*this, kept->second.handle, true);
  }
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK) {
    return Failure();
  }
  const bool cached = cache_.emplace(sqlite3_sql(handle), Cached{handle, true}).second;
  return Statement(*this, handle, cached);
}

Status Database::RunAll(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return Failure();
  return {};
}

std::int64_t Database::Changes() const { return sqlite3_changes64(handle_); }

bool Database::InTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Status Database::MayWrite() const {
  if (sqlite3_db_readonly(handle_, "main") == 1) return FailureOf(SQLITE_READONLY);
  return {};
}

Error Database::Failure() const {
  return ErrorOf(sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_), file_);
}

Error Database::FailureOf(int code) const { return ErrorOf(code, sqlite3_errstr(code), file_); }

}  // namespace assay::store
