/// The catalog: SQLite, one writer, any number of readers (docs/design/0001, section 13). All SQL
/// on it is in catalog*.cc and refs.cc. A catalog is for one thread at a time, and its clock must
/// outlive it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "store/table.h"

struct sqlite3;

namespace assay::store {

struct SeenFile {
  std::string path;  ///< relative to the project
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
  std::uint64_t inode = 0;
  std::string sha256;
  std::int64_t seen_at_ns = 0;  ///< when the hash was taken
};

/// What a node left behind when it ran to its end (also with verdict `fail`).
struct NodeResult {
  std::string fingerprint, node, kind, manifest;
  Json result;  ///< {"outputs": {name: table}, ...}; its form is the run room's
  std::string run, created_at;
};

struct RunRow {
  std::string id, status, started_at, finished_at, who, program;
  int exit_code = 0;
  Json detail = Json::object();  ///< what was asked for; its form is the run room's
};

struct NodeRun {
  std::string run, node, kind, fingerprint;
  std::string status;   ///< ran | cached | failed | skipped
  std::string verdict;  ///< pass | warn | fail, empty where none
  std::string reason, error;
  std::uint64_t rows_in = 0, rows_out = 0, rows_refused = 0;
  double seconds = 0;
  std::uint64_t peak_buffer_bytes = 0;
  std::uint64_t place = 0;       ///< in the graph
  Json detail = Json::object();  ///< inputs, outputs, log; its form is the run room's
};

struct CommitRow {
  std::string id, dataset, version, run, created_at;
};

struct RefRow {
  std::string dataset, kind, name, commit;
};

struct QuarantineRow {
  std::string gate, fingerprint, run;
  std::uint64_t rows = 0;
  Json table;    ///< TableJson
  Json reasons;  ///< check name -> rows
  std::string created_at;
};

struct EventRow {
  std::int64_t seq = 0;
  std::string at, type, run;
  Json body;
};

/// How much there is, for a page of numbers.
struct CatalogCounts {
  std::map<std::string, std::uint64_t> runs;  ///< by status
  std::string newest_start;                   ///< of a run; UTC text, empty where none was made
  std::string newest_finish;                  ///< of a run that ended
  std::uint64_t datasets = 0, versions = 0, commits = 0;
  std::int64_t newest_event = 0;  ///< its seq; 0 without
};

/// An object that must be there, and what in the catalog says so.
struct NeededObject {
  std::string sha256, by;
  std::optional<std::uint64_t> bytes;  ///< nothing where they are not told
};

class Catalog {
 public:
  /// Opens `root/catalog.sqlite`, creating it (and only then writing) when `create` is set.
  /// A catalog of a newer schema version, or a file that is no catalog, is an error with a way out.
  /// Where nothing can be written a catalog can still be read; a write is an error (kIo) then.
  static Result<Catalog> Open(const std::filesystem::path& root, bool create, const Clock& clock);
  /// As `Open` without `create`, but nothing where none was made yet: there is no file, or its
  /// making was cut short.
  static Result<std::optional<Catalog>> OpenIfMade(const std::filesystem::path& root,
                                                   const Clock& clock);
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;
  ~Catalog();

  /// Runs until `Commit`; the destructor rolls back what was not committed. Not nested.
  class Transaction {
   public:
    explicit Transaction(Catalog& catalog);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    Status Begin();  ///< BEGIN IMMEDIATE
    /// For what reads more than once: all of it sees one state, and no writer is held up.
    Status BeginReading();
    Status Commit();

   private:
    Catalog& catalog_;
    bool open_ = false;
  };

  Result<std::optional<SeenFile>> FindSeenFile(const std::string& path);
  Status PutSeenFile(const SeenFile& file);

  Result<std::optional<Json>> FindSeenSql(const std::string& text_sha256,
                                          const std::string& engine);
  Status PutSeenSql(const std::string& text_sha256, const std::string& engine, const Json& facts);

  Status PutObject(const FileRef& file);

  Result<std::optional<NodeResult>> FindNodeResult(const std::string& fingerprint);
  /// The results of the nodes of the newest run, as kept: fingerprint and JSON.
  Result<std::vector<std::pair<std::string, std::string>>> ResultTextsOfNewestRun();
  /// The newest result of the node of this name, for the reason shown in a plan.
  Result<std::optional<NodeResult>> NewestNodeResult(const std::string& node);
  Status PutNodeResult(const NodeResult& result);  ///< replaces

  Status PutRun(const RunRow& run);             ///< replaces
  Result<std::vector<RunRow>> Runs(int limit);  ///< newest first
  /// By id, unique prefix of at least 4 characters, `last`, or `last~N` for the one N before it.
  Result<RunRow> FindRun(const std::string& id);
  Status PutNodeRun(const NodeRun& node_run);
  Result<std::vector<NodeRun>> NodeRuns(const std::string& run);  ///< in the order of the graph
  /// The fingerprint of the newest run in which the node ran or was cached; empty when none did.
  Result<std::string> CurrentFingerprint(const std::string& node);

  Status PutCommit(const CommitRow& commit);
  Result<std::vector<CommitRow>> Commits(const std::string& dataset);  ///< newest first; "" = all
  Result<std::vector<std::string>> Datasets();
  Result<std::optional<std::string>> FindRef(const std::string& dataset, const std::string& kind,
                                             const std::string& name);
  Result<std::vector<RefRow>> Refs(const std::string& dataset);  ///< "" = all
  /// Moves a ref from `expected` (nullopt: it must not exist) to `commit`; an error (kIo) that says
  /// who won when it stands elsewhere.
  Status MoveRef(const RefRow& to, const std::optional<std::string>& expected);
  /// `v1`, `v2`, ... for the version id on main, or "" when it has no number.
  Result<std::string> VersionNumber(const std::string& dataset, const std::string& version);
  /// Resolves what stands behind `@` to a commit id (docs/design/0001, section 12); an unknown
  /// dataset or ref is an error with the nearest known one.
  Result<std::string> Resolve(const std::string& dataset, const std::string& ref);

  Status PutQuarantine(const QuarantineRow& row);  ///< replaces (gate, fingerprint)
  Result<std::vector<QuarantineRow>> Quarantines(
      const std::string& gate);  ///< newest first; "" = all

  Status AddEvent(const std::string& type, const std::string& run, const Json& body);
  Result<std::vector<EventRow>> Events(const std::string& run);  ///< oldest first; "" = all
  /// The first `limit` events whose seq is greater, oldest first.
  Result<std::vector<EventRow>> EventsAfter(std::int64_t seq, int limit);
  /// All numbers from one state.
  Result<CatalogCounts> Counts();

  /// Fingerprints of the node results that gc may forget: made before `border`, not the newest of
  /// their node, and not in use since the node last had a result.
  Result<std::vector<std::string>> OldNodeResults(const std::string& border);
  struct Named {
    std::vector<std::string> ids;     ///< some may be no objects'
    std::vector<std::string> tables;  ///< of them: texts that name the files of a table
  };
  /// Every sha256 that quarantine rows, models' commits, feedback, results of monitors, and node
  /// results other than `old` name, for gc. What a commit names is in its text.
  Result<Named> NamedObjects(const std::set<std::string>& old);
  /// Stored texts whose own text names further objects that must stay: models, decisions.
  Result<std::vector<std::string>> NamingTexts();
  /// The objects that node results and quarantine tables name in members called `sha256`, then
  /// those that `PutObject` recorded: all of them must be there.
  Result<std::vector<NeededObject>> NeededObjects();
  /// Drops the rows of what gc sweeps. A commit that a ref points at stays an error.
  struct Swept {
    std::vector<std::string> commits, objects, node_results;
  };
  Status Forget(const Swept& swept);
  /// SQLite's own integrity check.
  Status CheckIntegrity();

  struct State;
  /// For the classes of this room that keep tables of their own in it, as FeedbackLog.
  State& state() { return *state_; }

 private:
  explicit Catalog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay::store
