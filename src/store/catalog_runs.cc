// Runs, their nodes, and what nodes left behind for the next run.
#include <algorithm>
#include <charconv>

#include "store/catalog_state.h"

namespace assay::store {
namespace {

NodeResult NodeResultOf(const Statement& row) {
  NodeResult result;
  result.fingerprint = row.Text(0);
  result.node = row.Text(1);
  result.kind = row.Text(2);
  result.manifest = row.Text(3);
  result.run = row.Text(5);
  result.created_at = row.Text(6);
  return result;
}

Result<std::optional<NodeResult>> OneNodeResult(Statement statement) {
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return std::optional<NodeResult>();
  NodeResult result = NodeResultOf(statement);
  TRY_ASSIGN(result.result, ColumnJson(statement.Text(4), "node_result.result"));
  return std::optional(std::move(result));
}

Result<std::vector<RunRow>> AllRuns(Statement statement) {
  std::vector<RunRow> runs;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return runs;
    runs.push_back(RunRow{.id = statement.Text(0),
                          .status = statement.Text(1),
                          .started_at = statement.Text(2),
                          .finished_at = statement.Text(3),
                          .who = statement.Text(5),
                          .program = statement.Text(6),
                          .exit_code = static_cast<int>(statement.Int(4)),
                          .detail = Json::object()});
    if (statement.Text(7).empty()) continue;
    TRY_ASSIGN(runs.back().detail, ColumnJson(statement.Text(7), "run_record.detail"));
  }
}

// `last` is 0, `last~2` is 2.
Result<std::size_t> RunsBack(const std::string& id) {
  if (id == "last") return std::size_t{0};
  const std::string digits = id.substr(id.find('~') + 1);
  std::size_t back = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, back);
  if (read.ec == std::errc() && read.ptr == end && back < 1'000'000'000) return back;
  return Error{ErrorCode::kUser, "no number of runs behind `last~`: " + digits,
               "write `last~1` for the one before the last"};
}

}  // namespace

Result<std::optional<NodeResult>> Catalog::FindNodeResult(const std::string& fingerprint) {
  TRY_ASSIGN(
      Statement statement,
      state_->database->Query("SELECT * FROM node_result WHERE fingerprint = ?1", fingerprint));
  return OneNodeResult(std::move(statement));
}

Result<std::vector<std::pair<std::string, std::string>>> Catalog::ResultTextsOfNewestRun() {
  TRY_ASSIGN(Statement statement,
             state_->database->Query(
                 "SELECT fingerprint, result FROM node_run JOIN node_result USING (fingerprint) "
                 "WHERE node_run.run = (SELECT id FROM run ORDER BY rowid DESC LIMIT 1)"));
  std::vector<std::pair<std::string, std::string>> texts;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return texts;
    texts.emplace_back(statement.Text(0), statement.Text(1));
  }
}

Result<std::optional<NodeResult>> Catalog::NewestNodeResult(const std::string& node) {
  // By the order in which they were put, REPLACE makes a new rowid: a clock may be set back.
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT * FROM node_result WHERE rowid = "
                                     "(SELECT max(rowid) FROM node_result WHERE node = ?1)",
                                     node));
  return OneNodeResult(std::move(statement));
}

Status Catalog::PutNodeResult(const NodeResult& result) {
  return state_->database->Run("REPLACE INTO node_result VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                               result.fingerprint, result.node, result.kind, result.manifest,
                               ColumnText(result.result), result.run, result.created_at);
}

Status Catalog::PutRun(const RunRow& run) {
  // Not REPLACE, which would delete the row that node_run points at.
  TRY(state_->database->Run(
      "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET "
      "status = ?2, started_at = ?3, finished_at = ?4, exit_code = ?5, who = ?6, program = ?7",
      run.id, run.status, run.started_at, run.finished_at, run.exit_code, run.who, run.program));
  return state_->database->Run("REPLACE INTO run_record VALUES (?1, ?2)", run.id,
                               ColumnText(run.detail));
}

Result<std::vector<RunRow>> Catalog::Runs(int limit) {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT run.*, coalesce(detail, '') FROM run LEFT JOIN "
                                     "run_record ON run_record.run = id "
                                     "ORDER BY run.rowid DESC LIMIT ?1",
                                     limit));
  return AllRuns(std::move(statement));
}

Result<RunRow> Catalog::FindRun(const std::string& id) {
  if (id == "last" || id.starts_with("last~")) {
    TRY_ASSIGN(const std::size_t back, RunsBack(id));
    TRY_ASSIGN(std::vector<RunRow> newest, Runs(static_cast<int>(back) + 1));
    if (newest.size() > back) return std::move(newest[back]);
    if (newest.empty()) {
      return Error{ErrorCode::kUser, "nothing has been run here yet", "run `assay run` first"};
    }
    return Error{ErrorCode::kUser, "no such run: " + id, "`assay runs list` lists them"};
  }
  if (id.size() < 4) {
    return Error{ErrorCode::kUser, "too short for the id of a run: " + id,
                 "give at least 4 characters, or `last`"};
  }
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT run.*, coalesce(detail, '') FROM run LEFT JOIN "
                                     "run_record ON run_record.run = id "
                                     "WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id",
                                     id));
  TRY_ASSIGN(std::vector<RunRow> found, AllRuns(std::move(statement)));
  if (found.size() == 1) return std::move(found[0]);
  if (found.empty()) {
    return Error{ErrorCode::kUser, "no run has this id: " + id, "`assay runs list` lists them"};
  }
  std::string ids;
  for (std::size_t i = 0; i < found.size() && i < 5; ++i) ids += (i > 0 ? ", " : "") + found[i].id;
  if (found.size() > 5) ids += ", ...";
  return Error{ErrorCode::kUser,
               std::to_string(found.size()) + " runs have an id that begins with: " + id,
               "give more of it: " + ids};
}

Status Catalog::PutNodeRun(const NodeRun& node_run) {
  // A second record of a node keeps its place in the order.
  TRY(state_->database->Run(
      "INSERT INTO node_run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
      "ON CONFLICT DO UPDATE SET kind = ?3, fingerprint = ?4, status = ?5, verdict = ?6, "
      "reason = ?7, rows_in = ?8, rows_out = ?9, rows_refused = ?10, seconds = ?11, "
      "peak_bytes = ?12, error = ?13",
      node_run.run, node_run.node, node_run.kind, node_run.fingerprint, node_run.status,
      node_run.verdict, node_run.reason, node_run.rows_in, node_run.rows_out, node_run.rows_refused,
      node_run.seconds, node_run.peak_buffer_bytes, node_run.error));
  return state_->database->Run("REPLACE INTO node_record VALUES (?1, ?2, ?3, ?4)", node_run.run,
                               node_run.node, node_run.place, ColumnText(node_run.detail));
}

Result<std::vector<NodeRun>> Catalog::NodeRuns(const std::string& run) {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT node_run.*, coalesce(place, 0), coalesce(detail, '') "
                                     "FROM node_run LEFT JOIN node_record USING (run, node) "
                                     "WHERE node_run.run = ?1 ORDER BY 14, node_run.rowid",
                                     run));
  std::vector<NodeRun> nodes;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return nodes;
    nodes.push_back(NodeRun{.run = statement.Text(0),
                            .node = statement.Text(1),
                            .kind = statement.Text(2),
                            .fingerprint = statement.Text(3),
                            .status = statement.Text(4),
                            .verdict = statement.Text(5),
                            .reason = statement.Text(6),
                            .error = statement.Text(12),
                            .rows_in = statement.Count(7),
                            .rows_out = statement.Count(8),
                            .rows_refused = statement.Count(9),
                            .seconds = statement.Real(10),
                            .peak_buffer_bytes = statement.Count(11),
                            .place = statement.Count(13),
                            .detail = Json::object()});
    if (statement.Text(14).empty()) continue;
    TRY_ASSIGN(nodes.back().detail, ColumnJson(statement.Text(14), "node_record.detail"));
  }
}

Result<std::string> Catalog::CurrentFingerprint(const std::string& node) {
  // CROSS JOIN keeps this order: from the newest run on, each looked up by its key.
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT fingerprint FROM run CROSS JOIN node_run ON "
                                     "node_run.run = run.id AND node = ?1 WHERE node_run.status "
                                     "IN ('ran', 'cached') ORDER BY run.rowid DESC LIMIT 1",
                                     node));
  TRY_ASSIGN(const bool found, statement.Step());
  return found ? statement.Text(0) : std::string();
}

Result<CatalogCounts> Catalog::Counts() {
  Transaction transaction(*this);
  TRY(transaction.BeginReading());
  CatalogCounts counts;
  {
    TRY_ASSIGN(Statement runs,
               state_->database->Query("SELECT status, count(*), max(started_at), "
                                       "max(finished_at) FROM run GROUP BY status"));
    for (;;) {
      TRY_ASSIGN(const bool more, runs.Step());
      if (!more) break;
      counts.runs[runs.Text(0)] = runs.Count(1);
      counts.newest_start = std::max(counts.newest_start, runs.Text(2));
      counts.newest_finish = std::max(counts.newest_finish, runs.Text(3));
    }
    TRY_ASSIGN(Statement rest,
               state_->database->Query(
                   "SELECT count(DISTINCT dataset), count(*), "
                   "(SELECT count(*) FROM (SELECT DISTINCT dataset, version FROM \"commit\")), "
                   "(SELECT coalesce(max(seq), 0) FROM event) FROM \"commit\""));
    TRY(rest.Step());
    counts.datasets = rest.Count(0);
    counts.commits = rest.Count(1);
    counts.versions = rest.Count(2);
    counts.newest_event = rest.Int(3);
  }
  TRY(transaction.Commit());
  return counts;
}

}  // namespace assay::store
