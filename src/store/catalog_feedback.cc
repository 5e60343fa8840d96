// The tables feedback_batch and feedback_event.
#include <optional>
#include <utility>

#include "base/hash.h"
#include "store/catalog_state.h"
#include "store/feedback_log.h"

namespace assay::store {
namespace {

Result<FeedbackBatch> BatchOf(const Statement& row) {
  FeedbackBatch batch;
  batch.stream = row.Text(0);
  batch.kind = row.Text(1);
  batch.sha256 = row.Text(2);
  TRY_ASSIGN(const Json table, ColumnJson(row.Text(3), "feedback_batch.table"));
  TRY_ASSIGN(batch.table, ParseTableJson(table));
  batch.location = row.Text(4);
  batch.created_at = row.Text(5);
  return batch;
}

}  // namespace

Result<std::optional<FeedbackBatch>> FeedbackLog::FindBatch(const std::string& stream,
                                                            const std::string& kind,
                                                            const std::string& sha256) {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query(
                 "SELECT stream, kind, sha256, \"table\", location, created_at FROM feedback_batch "
                 "WHERE stream = ?1 AND (?2 = '' OR kind = ?2) AND sha256 = ?3 ORDER BY kind",
                 stream, kind, sha256));
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return std::optional<FeedbackBatch>();
  TRY_ASSIGN(FeedbackBatch batch, BatchOf(statement));
  return std::optional(std::move(batch));
}

Result<bool> FeedbackLog::PutBatch(const FeedbackBatch& batch) {
  Database& database = *catalog_.state().database;
  TRY(database.Run(
      "INSERT INTO feedback_batch VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
      "ON CONFLICT DO NOTHING",
      batch.stream, batch.kind, batch.sha256, batch.table.rows, ColumnText(TableJson(batch.table)),
      batch.location, UtcText(catalog_.state().clock->NowMicros())));
  return database.Changes() > 0;
}

Result<std::vector<FeedbackBatch>> FeedbackLog::Batches(const std::string& stream,
                                                        const std::string& kind) {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query(
                 "SELECT stream, kind, sha256, \"table\", location, created_at FROM feedback_batch "
                 "WHERE (?1 = '' OR stream = ?1) AND (?2 = '' OR kind = ?2) ORDER BY rowid",
                 stream, kind));
  std::vector<FeedbackBatch> batches;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return batches;
    TRY_ASSIGN(FeedbackBatch batch, BatchOf(statement));
    batches.push_back(std::move(batch));
  }
}

Result<std::vector<bool>> FeedbackLog::PutEvents(const std::vector<FeedbackEvent>& events) {
  Database& database = *catalog_.state().database;
  std::optional<Catalog::Transaction> transaction;
  if (!database.InTransaction()) {
    transaction.emplace(catalog_);
    TRY(transaction->Begin());
  }
  const std::string now = UtcText(catalog_.state().clock->NowMicros());
  std::vector<bool> is_new;
  for (const FeedbackEvent& event : events) {
    TRY_ASSIGN(const std::string body, CanonicalJson(event.body));
    TRY(database.Run(
        "INSERT INTO feedback_event (stream, kind, id, model, at, sha256, body, "
        "received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        event.stream, event.kind, event.id, event.model, event.at, Sha256Hex(body), body, now));
    is_new.push_back(database.Changes() > 0);
  }
  if (transaction) TRY(transaction->Commit());
  return is_new;
}

Status FeedbackLog::EachEvent(const std::string& stream, const std::string& kind,
                              const std::function<Status(const FeedbackEvent&)>& take) {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query(
                 "SELECT stream, kind, id, model, at, body, received_at, seq FROM feedback_event "
                 "WHERE stream = ?1 AND kind = ?2 ORDER BY seq",
                 stream, kind));
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return {};
    FeedbackEvent event;
    event.stream = statement.Text(0);
    event.kind = statement.Text(1);
    event.id = statement.Text(2);
    event.model = statement.Text(3);
    event.at = statement.Text(4);
    TRY_ASSIGN(event.body, ColumnJson(statement.Text(5), "feedback_event.body"));
    event.received_at = statement.Text(6);
    event.seq = statement.Int(7);
    TRY(take(event));
  }
}

Result<std::vector<FeedbackLog::EventCount>> FeedbackLog::EventCounts() {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query(
                 "SELECT stream, kind, count(*), min(at), max(at), max(received_at) "
                 "FROM feedback_event GROUP BY stream, kind ORDER BY stream, kind"));
  std::vector<EventCount> counts;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return counts;
    counts.push_back({.stream = statement.Text(0),
                      .kind = statement.Text(1),
                      .events = statement.Count(2),
                      .first_at = statement.Text(3),
                      .last_at = statement.Text(4),
                      .received_at = statement.Text(5)});
  }
}

}  // namespace assay::store
