// A catalog from a stranger, or one that a disk has damaged. It is opened, and then has our version
// and all its rows, or it is refused with a message that can be shown, and then nothing has
// changed.
//
// The first byte says what the rest is; a capital opens with `create`:
//   f  the file itself
//   p  the version of a sound catalog, then patches to its file: three bytes of place, one of value
//   s  the version, then SQL that runs on it before it is opened
#include <sqlite3.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/catalog.h"
#include "store/catalog_schema.h"
#include "store/decision_log.h"
#include "store/drift_log.h"
#include "store/feedback_log.h"
#include "store/load_states.h"
#include "store/model_registry.h"
#include "store/outbox.h"

namespace {

namespace fs = std::filesystem;
using assay::store::Catalog;

const assay::FakeClock kClock(1'769'850'000'000'000);
constexpr auto kNow = "2026-01-31T09:00:00Z";
constexpr auto kSome = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireDone(const assay::Status& status) {
  if (status.ok()) return;
  std::cerr << status.error().message << "\n";
  std::abort();
}

// Removed at the end of the process.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "catalog_fuzz_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }
  fs::path file() const { return path_ / "catalog.sqlite"; }

  void Clear() const {
    for (const auto& entry : fs::directory_iterator(path_)) fs::remove_all(entry.path());
  }

 private:
  fs::path path_;
};

// --- SQLite without our layer above it

// A script may harm the catalog in every way, and nothing else.
int Authorize(void*, int action, const char* first, const char*, const char*, const char*) {
  constexpr std::array<std::string_view, 10> kPragmas = {
      "user_version", "writable_schema", "journal_mode", "page_size",      "application_id",
      "encoding",     "auto_vacuum",     "foreign_keys", "schema_version", "secure_delete"};
  const std::string_view name = first == nullptr ? "" : first;
  if (action == SQLITE_ATTACH) return name.empty() ? SQLITE_OK : SQLITE_DENY;
  if (action != SQLITE_PRAGMA) return SQLITE_OK;
  const bool known = std::any_of(kPragmas.begin(), kPragmas.end(), [&](std::string_view pragma) {
    return sqlite3_strnicmp(pragma.data(), name.data(), static_cast<int>(pragma.size() + 1)) == 0;
  });
  return known ? SQLITE_OK : SQLITE_DENY;
}

class Plain {
 public:
  explicit Plain(const fs::path& file) {
    Require(sqlite3_open(file.c_str(), &handle_) == SQLITE_OK);
    sqlite3_set_authorizer(handle_, Authorize, nullptr);
    sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, 1'000'000);
    sqlite3_limit(handle_, SQLITE_LIMIT_COMPOUND_SELECT, 20);
    sqlite3_progress_handler(
        handle_, 1000, [](void* left) { return --*static_cast<int*>(left) < 0 ? 1 : 0; }, &left_);
  }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;
  ~Plain() { sqlite3_close(handle_); }

  bool Run(const std::string& sql) {
    return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  /// All values of all rows, or nothing where it cannot be read.
  std::optional<std::string> Ask(const std::string& sql) {
    std::string answer;
    const auto take = [](void* out, int count, char** values, char**) {
      for (int i = 0; i < count; ++i) {
        *static_cast<std::string*>(out) += values[i] == nullptr ? "NULL" : values[i];
        *static_cast<std::string*>(out) += '\n';
      }
      return 0;
    };
    if (sqlite3_exec(handle_, sql.c_str(), take, &answer, nullptr) != SQLITE_OK) return {};
    return answer;
  }

 private:
  sqlite3* handle_ = nullptr;
  int left_ = 1000;  // a million steps
};

struct Snapshot {
  std::string version, schema;
  std::optional<std::string> rows;  ///< nothing where they cannot be counted
};

std::optional<Snapshot> Look(const fs::path& file) {
  Plain plain(file);
  const auto version = plain.Ask("PRAGMA user_version");
  const auto schema = plain.Ask("SELECT type, name, tbl_name, sql FROM sqlite_schema");
  if (!version || !schema) return {};
  return Snapshot{*version, *schema,
                  plain.Ask("SELECT (SELECT count(*) FROM meta), (SELECT count(*) FROM object), "
                            "(SELECT count(*) FROM run), (SELECT count(*) FROM node_run), "
                            "(SELECT count(*) FROM \"commit\"), (SELECT count(*) FROM ref), "
                            "(SELECT count(*) FROM event), (SELECT count(*) FROM quarantine)")};
}

// --- Sound catalogs

std::string ReadBytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void Fill(Catalog& catalog) {
  RequireDone(catalog.PutRun({.id = "run-1",
                              .status = "ok",
                              .started_at = kNow,
                              .finished_at = kNow,
                              .who = "me",
                              .program = "0.1.0",
                              .exit_code = 0}));
  RequireDone(catalog.PutNodeRun({.run = "run-1",
                                  .node = "plausible",
                                  .kind = "gate/1",
                                  .fingerprint = kSome,
                                  .status = "ran",
                                  .verdict = "pass",
                                  .reason = "",
                                  .error = ""}));
  assay::store::FileRef object;
  object.sha256 = kSome;
  object.bytes = 10;
  RequireDone(catalog.PutObject(object));
  RequireDone(catalog.PutCommit({kSome, "flights", kSome, "run-1", kNow}));
  RequireDone(catalog.MoveRef({"flights", "branch", "main", kSome}, std::nullopt));
  RequireDone(catalog.AddEvent("run.started", "run-1", assay::Json::object()));
  RequireDone(catalog.PutSeenFile({.path = "data/a.csv", .size = 10, .sha256 = kSome}));
  RequireDone(catalog.PutSeenSql(kSome, "duckdb/1", assay::Json::object()));
  RequireDone(catalog.PutQuarantine(
      {"plausible", kSome, "run-1", 1, assay::Json::object(), assay::Json::object(), kNow}));
}

// What the older versions lacked; the tables that they had are the same today.
constexpr auto kDropThird = "DROP TABLE node_record; DROP TABLE run_record;";
constexpr auto kDropSecond =
    "DROP TABLE model_role; DROP TABLE model; DROP TABLE drift; DROP TABLE feedback_batch; "
    "DROP TABLE feedback_event; DROP TABLE decision; DROP TABLE outbox;";

std::string MakeCatalog(int version) {
  const Folder folder;
  {
    auto catalog = Catalog::Open(folder.path(), true, kClock);
    Require(catalog.ok());
    Fill(*catalog);
  }
  {
    Plain plain(folder.file());
    if (version < 4) Require(plain.Run("DROP TABLE load_state"));
    if (version < 3) Require(plain.Run(kDropThird));
    if (version < 2) Require(plain.Run(kDropSecond));
    // Small pages keep the file small, and the mutations near each other.
    Require(plain.Run("PRAGMA user_version = " + std::to_string(version) +
                      "; PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM; "
                      "PRAGMA journal_mode = WAL"));
  }
  return ReadBytes(folder.file());
}

const std::string& SoundCatalog(char version) {
  static_assert(assay::store::kCatalogVersion == 4, "make the catalog of the new version as well");
  static const std::array kSound = {MakeCatalog(1), MakeCatalog(2), MakeCatalog(3), MakeCatalog(4)};
  return kSound.at(static_cast<unsigned char>(version) % kSound.size());
}

// --- One input

char Take(std::string_view& bytes) {
  if (bytes.empty()) return 0;
  const char first = bytes.front();
  bytes.remove_prefix(1);
  return first;
}

void WriteFile(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string Patched(std::string_view bytes) {
  std::string file = SoundCatalog(Take(bytes));
  while (bytes.size() >= 4) {
    std::size_t place = 0;
    for (int i = 0; i < 3; ++i) place = place << 8U | static_cast<unsigned char>(Take(bytes));
    file[place % file.size()] = Take(bytes);
  }
  return file;
}

void WriteCatalog(const fs::path& file, char what, std::string_view bytes) {
  if (what == 'p') return WriteFile(file, Patched(bytes));
  if (what != 's') return WriteFile(file, bytes);
  WriteFile(file, SoundCatalog(Take(bytes)));
  Plain plain(file);
  static_cast<void>(plain.Run(std::string(bytes)));
}

void RequireShowable(const std::string& text) {
  for (const char c : text) Require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

template <typename Answer>
void RequireAnswered(const Answer& answer) {
  if (answer.ok()) return;
  Require(!answer.error().message.empty());
  RequireShowable(answer.error().message);
}

// Whatever is in its rows, a question is answered or refused.
void ReadAll(Catalog& catalog) {
  RequireAnswered(catalog.FindSeenFile("data/a.csv"));
  RequireAnswered(catalog.FindSeenSql(kSome, "duckdb/1"));
  RequireAnswered(catalog.NewestNodeResult("plausible"));
  RequireAnswered(catalog.FindNodeResult(kSome));
  RequireAnswered(catalog.Runs(10));
  RequireAnswered(catalog.FindRun("last"));
  RequireAnswered(catalog.NodeRuns("run-1"));
  RequireAnswered(catalog.CurrentFingerprint("plausible"));
  RequireAnswered(catalog.Commits(""));
  RequireAnswered(catalog.Datasets());
  RequireAnswered(catalog.Refs(""));
  RequireAnswered(catalog.Resolve("flights", "main"));
  RequireAnswered(catalog.VersionNumber("flights", kSome));
  RequireAnswered(catalog.Quarantines(""));
  RequireAnswered(catalog.Events(""));
  RequireAnswered(catalog.EventsAfter(0, 10));
  RequireAnswered(catalog.Counts());
  RequireAnswered(catalog.OldNodeResults(kNow));
  RequireAnswered(catalog.NamedObjects({}));
  RequireAnswered(catalog.NamingTexts());
  RequireAnswered(catalog.NeededObjects());
  RequireAnswered(assay::store::ModelRegistry(catalog).Models());
  RequireAnswered(assay::store::ModelRegistry(catalog).Roles());
  RequireAnswered(assay::store::LoadStates(catalog).Find("flights"));
  RequireAnswered(assay::store::DriftLog(catalog).Results("", 10));
  RequireAnswered(assay::store::DecisionLog(catalog).Decisions(""));
  RequireAnswered(assay::store::Outbox(catalog).Newest(10));
  RequireAnswered(assay::store::FeedbackLog(catalog).Batches("", ""));
  RequireAnswered(assay::store::FeedbackLog(catalog).EventCounts());
  RequireAnswered(catalog.CheckIntegrity());
  RequireAnswered(catalog.AddEvent("run.started", "run-2", assay::Json::object()));
}

void RequireOurVersion(const fs::path& file, const std::optional<Snapshot>& before) {
  const auto after = Look(file);
  Require(after.has_value());
  Require(after->version == std::to_string(assay::store::kCatalogVersion) + "\n");
  if (before && before->rows && after->rows) Require(after->rows == before->rows);
}

void RequireUnchanged(const fs::path& file, const std::optional<Snapshot>& before) {
  if (!before) return;
  const auto after = Look(file);
  Require(after && after->version == before->version && after->schema == before->schema);
  Require(after->rows == before->rows);
}

void RequireRefused(const assay::Error& error) {
  if (error.code != assay::ErrorCode::kData && error.code != assay::ErrorCode::kIo) {
    std::cerr << error.message << "\n";
    std::abort();
  }
  Require(!error.message.empty() && !error.hint.empty());
  RequireShowable(error.message + error.hint);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto what = static_cast<unsigned char>(Take(bytes));
  const bool create = std::isupper(what) != 0;
  folder.Clear();
  WriteCatalog(folder.file(), static_cast<char>(std::tolower(what)), bytes);
  const auto before = Look(folder.file());
  auto catalog = Catalog::Open(folder.path(), create, kClock);
  if (!catalog.ok()) {
    RequireRefused(catalog.error());
    RequireUnchanged(folder.file(), before);
    return 0;
  }
  RequireOurVersion(folder.file(), before);
  ReadAll(*catalog);
  Require(Catalog::Open(folder.path(), false, kClock).ok());
  return 0;
}
