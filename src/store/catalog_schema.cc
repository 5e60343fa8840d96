#include "store/catalog_schema.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

#include "store/disk.h"
#include "store/file.h"
#include "store/json_place.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;

// docs/design/0001, section 13. Names that are words of SQL are quoted where they are used.
constexpr auto kTables = R"sql(
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE object (
  sha256 TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE TABLE file_seen (
  path TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  seen_at INTEGER NOT NULL  -- nanoseconds since 1970, to be compared with mtime_ns
) STRICT;
CREATE TABLE sql_seen (
  sha256 TEXT NOT NULL,
  engine TEXT NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (sha256, engine)
) STRICT;
CREATE TABLE node_result (
  fingerprint TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  kind TEXT NOT NULL,
  manifest TEXT NOT NULL,
  result TEXT NOT NULL,
  run TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX node_result_by_node ON node_result (node, created_at);
CREATE TABLE run (
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  exit_code INTEGER NOT NULL,
  who TEXT NOT NULL,
  program TEXT NOT NULL
) STRICT;
CREATE TABLE node_run (
  run TEXT NOT NULL REFERENCES run (id),
  node TEXT NOT NULL,
  kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  rows_in INTEGER NOT NULL,
  rows_out INTEGER NOT NULL,
  rows_refused INTEGER NOT NULL,
  seconds REAL NOT NULL,
  peak_bytes INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (run, node)
) STRICT;
CREATE TABLE "commit" (
  id TEXT PRIMARY KEY,
  dataset TEXT NOT NULL,
  version TEXT NOT NULL,
  run TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX commit_by_dataset ON "commit" (dataset);
CREATE TABLE ref (
  dataset TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('branch', 'tag', 'version')),
  name TEXT NOT NULL,
  commit_id TEXT NOT NULL REFERENCES "commit" (id),
  PRIMARY KEY (dataset, kind, name)
) STRICT;
CREATE INDEX ref_by_commit ON ref (commit_id);
CREATE TABLE quarantine (
  gate TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  run TEXT NOT NULL,
  rows INTEGER NOT NULL,
  "table" TEXT NOT NULL,
  reasons TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (gate, fingerprint)
) STRICT;
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  run TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_run ON event (run);
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN
  SELECT RAISE (ABORT, 'events are append-only');
END;
CREATE TRIGGER event_lasts BEFORE DELETE ON event BEGIN
  SELECT RAISE (ABORT, 'events are append-only');
END;
)sql";

// What version 2 has more: models, monitors, feedback, retraining (docs/design/0003, section 7).
constexpr auto kLoopTables = R"sql(
CREATE TABLE model (
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  id TEXT NOT NULL,
  commit_id TEXT NOT NULL REFERENCES "commit" (id),
  created_at TEXT NOT NULL,
  PRIMARY KEY (name, number)
) STRICT;
CREATE INDEX model_by_commit ON model (commit_id);
CREATE TABLE model_role (
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (name, role),
  FOREIGN KEY (name, number) REFERENCES model (name, number)
) STRICT;
CREATE TABLE drift (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  monitor TEXT NOT NULL,
  subject TEXT NOT NULL,
  reference TEXT NOT NULL,
  verdict TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX drift_by_monitor ON drift (monitor, seq);
CREATE TABLE feedback_batch (
  stream TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('prediction', 'outcome', 'request')),
  sha256 TEXT NOT NULL,
  rows INTEGER NOT NULL,
  "table" TEXT NOT NULL,
  location TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (stream, kind, sha256)
) STRICT;
CREATE TABLE feedback_event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('prediction', 'outcome', 'request')),
  id TEXT NOT NULL,
  model TEXT NOT NULL,
  at TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at TEXT NOT NULL,
  UNIQUE (stream, kind, sha256)
) STRICT;
CREATE TABLE decision (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  policy TEXT NOT NULL,
  id TEXT NOT NULL,
  as_of TEXT NOT NULL,
  action TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX decision_by_policy ON decision (policy, seq);
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor TEXT NOT NULL,
  channel TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  attempts INTEGER NOT NULL,
  next_at TEXT NOT NULL,
  error TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, next_at);
)sql";

// What version 3 has more: what a run and its nodes tell beside their rows (docs/design/0006). They
// are tables of their own, so that a reader that may not write an old catalog can do without.
constexpr auto kRecordTables = R"sql(
CREATE TABLE run_record (
  run TEXT PRIMARY KEY,
  detail TEXT NOT NULL
) STRICT;
CREATE TABLE node_record (
  run TEXT NOT NULL,
  node TEXT NOT NULL,
  place INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (run, node)
) STRICT;
)sql";

// What version 4 has more: what sources fetched (docs/design/0008).
constexpr auto kLoadTables = R"sql(
CREATE TABLE load_state (
  source TEXT PRIMARY KEY,
  asks TEXT NOT NULL,
  state TEXT NOT NULL,
  fetched_at TEXT NOT NULL,
  run TEXT NOT NULL
) STRICT;
)sql";

// What the user was told survives a power loss, so every transaction is synced.
Status Configure(Database& database) {
  return database.RunAll("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
}

Result<int> VersionOf(Database& database) {
  TRY_ASSIGN(Statement statement, database.Query("PRAGMA user_version"));
  TRY(statement.Step());
  return static_cast<int>(statement.Int(0));
}

Result<bool> HasTables(Database& database) {
  TRY_ASSIGN(Statement statement, database.Query("SELECT 1 FROM sqlite_schema LIMIT 1"));
  return statement.Step();
}

Error TooNew(Database& database, int version, const fs::path& file) {
  std::string writer = "a newer assay";
  auto statement = database.Query("SELECT value FROM meta WHERE key = 'assay'");
  if (statement.ok()) {
    const Result<bool> row = statement->Step();
    if (row.ok() && *row) writer = "assay " + Shown(statement->Text(0));
  }
  return Error{ErrorCode::kIo,
               "the catalog has version " + std::to_string(version) + ", this program knows " +
                   std::to_string(kCatalogVersion) + ": " + file.string(),
               "use " + writer + " or later"};
}

Status MakeFirstTables(Database& database, const Clock& clock) {
  TRY(database.RunAll(kTables));
  constexpr auto kMeta = "INSERT INTO meta VALUES (?1, ?2)";
  TRY(database.Run(kMeta, "format", "1"));
  TRY(database.Run(kMeta, "created_at", UtcText(clock.NowMicros())));
  return database.Run(kMeta, "assay", ASSAY_VERSION);
}

// Brings the tables to our version, from whichever they have.
Status MakeTables(Database& database, const Clock& clock) {
  TRY(database.RunAll("BEGIN IMMEDIATE"));
  // Another process may have made them between our look and our lock.
  TRY_ASSIGN(const int version, VersionOf(database));
  if (version == 0) TRY(MakeFirstTables(database, clock));
  if (version < 2) TRY(database.RunAll(kLoopTables));
  if (version < 3) TRY(database.RunAll(kRecordTables));
  if (version < 4) TRY(database.RunAll(kLoadTables));
  if (version < kCatalogVersion) {
    constexpr auto kWriter = "UPDATE meta SET value = ?1 WHERE key = 'assay'";
    TRY(database.Run(kWriter, ASSAY_VERSION));
    TRY(database.RunAll(("PRAGMA user_version = " + std::to_string(kCatalogVersion)).c_str()));
  }
  return database.RunAll("COMMIT");
}

// Who cannot write an old catalog reads what there is; the tables that it lacks are empty ones in
// memory, so that nobody has to ask which are there.
std::string AsTemporary(std::string sql) {
  for (const auto& [word, replacement] : {std::pair{"CREATE TABLE ", "CREATE TEMP TABLE "},
                                          {"CREATE INDEX ", "CREATE INDEX temp."}}) {
    const std::string text(replacement);
    for (std::size_t at = sql.find(word); at != std::string::npos;
         at = sql.find(word, at + text.size())) {
      sql.replace(at, std::string_view(word).size(), text);
    }
  }
  return sql;
}

// Brings an open file to our version, or says why it cannot be. False where there is nothing in it
// and nothing is to be made: whoever began to make the store was killed.
Result<bool> CheckVersion(Database& database, bool create, const Clock& clock,
                          const fs::path& file) {
  TRY_ASSIGN(const int version, VersionOf(database));
  if (version == kCatalogVersion) return true;
  if (version > kCatalogVersion) return TooNew(database, version, file);
  if (version > 0 && database.MayWrite().ok()) {
    TRY(MakeTables(database, clock));
    return true;
  }
  if (version > 0) {
    if (version < 2) TRY(database.RunAll(AsTemporary(kLoopTables).c_str()));
    if (version < 3) TRY(database.RunAll(AsTemporary(kRecordTables).c_str()));
    TRY(database.RunAll(AsTemporary(kLoadTables).c_str()));
    return true;
  }
  TRY_ASSIGN(const bool has_tables, HasTables(database));
  if (version < 0 || has_tables) {
    return Error{ErrorCode::kData, "not a catalog of assay: " + file.string(),
                 "move the file away; `assay run` makes a new one"};
  }
  if (!create) return false;
  TRY(database.RunAll("PRAGMA journal_mode = WAL"));
  TRY(MakeTables(database, clock));
  return true;
}

// Our SQL is right, so where it fails the tables are not those that we made.
Error AsDamage(Error error) {
  if (error.code != ErrorCode::kInternal) return error;
  error.code = ErrorCode::kData;
  error.hint = "restore catalog.sqlite from a backup";
  return error;
}

// An empty file beside objects is a catalog that lost its content: a new one would forget every
// version without a word.
Status RefuseToForget(const fs::path& root, const fs::path& file) {
  std::error_code ignored;
  const auto size = fs::file_size(file, ignored);
  if (ignored || size > 0) return {};
  if (fs::is_empty(root / "objects" / "sha256", ignored) || ignored) return {};
  return Error{ErrorCode::kData, "the catalog is empty, but there are objects: " + file.string(),
               "restore catalog.sqlite from a backup, or remove it to begin anew"};
}

bool MayWrite(const fs::path& folder) {
  return ::faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) == 0;
}

// Reads a catalog in a folder that cannot be written to: SQLite needs files beside it for a WAL,
// unless it is told that nothing changes. That is true when no WAL is left over.
Result<std::unique_ptr<Database>> OpenImmutable(const fs::path& file, Error failure) {
  std::error_code error;
  const auto wal_bytes = fs::file_size(file.string() + "-wal", error);
  if (!error && wal_bytes > 0) {
    failure.hint =
        "the newest changes are still in catalog.sqlite-wal: open the project once from "
        "an account that may write to the folder";
    return failure;
  }
  return Database::Open(file, Database::Mode::kImmutable);
}

}  // namespace

Result<std::unique_ptr<Database>> OpenCatalogFile(const fs::path& root, bool create,
                                                  const Clock& clock) {
  const fs::path file = root / "catalog.sqlite";
  std::error_code error;
  const bool there = fs::exists(file, error);
  if (error) return SystemError(error.value(), "look at", file);
  if (!there && !create) return std::unique_ptr<Database>();
  if (there) {
    TRY(RefuseToForget(root, file));
  } else {
    TRY(MakeFolders(SystemDisk(), root));
  }

  using Mode = Database::Mode;
  TRY_ASSIGN(auto database, Database::Open(file, create ? Mode::kCreate : Mode::kReadWrite));
  Result<bool> checked = CheckVersion(*database, create, clock, file);
  if (!checked.ok() && !create && !MayWrite(root)) {
    TRY_ASSIGN(database, OpenImmutable(file, checked.error()));
    checked = CheckVersion(*database, false, clock, file);
  }
  if (!checked.ok()) return AsDamage(std::move(checked).error());
  if (!*checked) return std::unique_ptr<Database>();
  TRY(Configure(*database));
  return database;
}

}  // namespace assay::store
