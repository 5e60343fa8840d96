#include "store/catalog.h"

#include <set>
#include <utility>

#include "store/catalog_schema.h"
#include "store/catalog_state.h"

namespace assay::store {

namespace fs = std::filesystem;

std::string ColumnText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Json> ColumnJson(const std::string& text, const std::string& column) {
  return ParseJson(text).While("reading " + column + " from the catalog");
}

Result<Catalog> Catalog::Open(const fs::path& root, bool create, const Clock& clock) {
  TRY_ASSIGN(auto database, OpenCatalogFile(root, create, clock));
  if (database == nullptr) {
    return Error{
        ErrorCode::kIo,
        "nothing has been run here yet, there is no catalog: " + (root / "catalog.sqlite").string(),
        "run `assay run` first"};
  }
  return Catalog(std::make_unique<State>(State{std::move(database), &clock}));
}

Result<std::optional<Catalog>> Catalog::OpenIfMade(const fs::path& root, const Clock& clock) {
  TRY_ASSIGN(auto database, OpenCatalogFile(root, false, clock));
  if (database == nullptr) return std::optional<Catalog>();
  return std::optional(Catalog(std::make_unique<State>(State{std::move(database), &clock})));
}

namespace {

Result<std::vector<EventRow>> AllEvents(Statement statement) {
  std::vector<EventRow> events;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return events;
    EventRow event;
    event.seq = statement.Int(0);
    event.at = statement.Text(1);
    event.type = statement.Text(2);
    event.run = statement.Text(3);
    TRY_ASSIGN(event.body, ColumnJson(statement.Text(4), "event.body"));
    events.push_back(std::move(event));
  }
}

}  // namespace

Catalog::Catalog(std::unique_ptr<State> state) : state_(std::move(state)) {}
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;
Catalog::~Catalog() = default;

Catalog::Transaction::Transaction(Catalog& catalog) : catalog_(catalog) {}

Catalog::Transaction::~Transaction() {
  Database& database = *catalog_.state_->database;
  // A failed commit may have rolled back by itself. A rollback that fails leaves the work to the
  // recovery of whoever opens the catalog next.
  if (open_ && database.InTransaction()) static_cast<void>(database.RunAll("ROLLBACK"));
}

Status Catalog::Transaction::Begin() {
  TRY(catalog_.state_->database->MayWrite());
  TRY(catalog_.state_->database->RunAll("BEGIN IMMEDIATE"));
  open_ = true;
  return {};
}

Status Catalog::Transaction::BeginReading() {
  TRY(catalog_.state_->database->RunAll("BEGIN"));
  open_ = true;
  return {};
}

Status Catalog::Transaction::Commit() {
  TRY(catalog_.state_->database->RunAll("COMMIT"));
  open_ = false;
  return {};
}

// --- Objects and what was seen of files and SQL

Status Catalog::PutObject(const FileRef& file) {
  return state_->database->Run("INSERT INTO object VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                               file.sha256, file.bytes, UtcText(state_->clock->NowMicros()));
}

Result<std::optional<SeenFile>> Catalog::FindSeenFile(const std::string& path) {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT size, mtime_ns, ctime_ns, inode, sha256, seen_at "
                                     "FROM file_seen WHERE path = ?1",
                                     path));
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return std::optional<SeenFile>();
  return std::optional(SeenFile{.path = path,
                                .size = statement.Count(0),
                                .mtime_ns = statement.Int(1),
                                .ctime_ns = statement.Int(2),
                                .inode = statement.Count(3),
                                .sha256 = statement.Text(4),
                                .seen_at_ns = statement.Int(5)});
}

Status Catalog::PutSeenFile(const SeenFile& file) {
  return state_->database->Run("REPLACE INTO file_seen VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                               file.path, file.size, file.mtime_ns, file.ctime_ns, file.inode,
                               file.sha256, file.seen_at_ns);
}

Result<std::optional<Json>> Catalog::FindSeenSql(const std::string& text_sha256,
                                                 const std::string& engine) {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT facts FROM sql_seen WHERE sha256 = ?1 AND engine = ?2",
                                     text_sha256, engine));
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return std::optional<Json>();
  TRY_ASSIGN(Json facts, ColumnJson(statement.Text(0), "sql_seen.facts"));
  return std::optional(std::move(facts));
}

Status Catalog::PutSeenSql(const std::string& text_sha256, const std::string& engine,
                           const Json& facts) {
  return state_->database->Run("REPLACE INTO sql_seen VALUES (?1, ?2, ?3)", text_sha256, engine,
                               ColumnText(facts));
}

// --- Quarantine

Status Catalog::PutQuarantine(const QuarantineRow& row) {
  return state_->database->Run("REPLACE INTO quarantine VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                               row.gate, row.fingerprint, row.run, row.rows, ColumnText(row.table),
                               ColumnText(row.reasons), row.created_at);
}

Result<std::vector<QuarantineRow>> Catalog::Quarantines(const std::string& gate) {
  // REPLACE makes a new rowid, so the rowid tells the order in which rows were put.
  TRY_ASSIGN(
      Statement statement,
      state_->database->Query("SELECT gate, fingerprint, run, rows, \"table\", reasons, created_at "
                              "FROM quarantine WHERE ?1 = '' OR gate = ?1 ORDER BY rowid DESC",
                              gate));
  std::vector<QuarantineRow> rows;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return rows;
    QuarantineRow row;
    row.gate = statement.Text(0);
    row.fingerprint = statement.Text(1);
    row.run = statement.Text(2);
    row.rows = statement.Count(3);
    TRY_ASSIGN(row.table, ColumnJson(statement.Text(4), "quarantine.table"));
    TRY_ASSIGN(row.reasons, ColumnJson(statement.Text(5), "quarantine.reasons"));
    row.created_at = statement.Text(6);
    rows.push_back(std::move(row));
  }
}

// --- Events

Status Catalog::AddEvent(const std::string& type, const std::string& run, const Json& body) {
  return state_->database->Run(
      "INSERT INTO event (at, type, version, run, body) VALUES (?1, ?2, 1, ?3, ?4)",
      UtcText(state_->clock->NowMicros()), type, run, ColumnText(body));
}

Result<std::vector<EventRow>> Catalog::Events(const std::string& run) {
  constexpr auto kAll = "SELECT seq, at, type, run, body FROM event ORDER BY seq";
  constexpr auto kOfRun = "SELECT seq, at, type, run, body FROM event WHERE run = ?1 ORDER BY seq";
  TRY_ASSIGN(Statement statement,
             run.empty() ? state_->database->Query(kAll) : state_->database->Query(kOfRun, run));
  return AllEvents(std::move(statement));
}

Result<std::vector<EventRow>> Catalog::EventsAfter(std::int64_t seq, int limit) {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT seq, at, type, run, body FROM event WHERE seq > ?1 "
                                     "ORDER BY seq LIMIT ?2",
                                     seq, limit));
  return AllEvents(std::move(statement));
}

}  // namespace assay::store
