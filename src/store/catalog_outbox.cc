// Alerts in the catalog.
#include "store/catalog_state.h"
#include "store/outbox.h"

namespace assay::store {
namespace {

Result<std::vector<OutboxRow>> Rows(Statement statement) {
  std::vector<OutboxRow> rows;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return rows;
    OutboxRow row;
    row.seq = statement.Int(0);
    row.monitor = statement.Text(1);
    row.channel = statement.Text(2);
    TRY_ASSIGN(row.body, ColumnJson(statement.Text(3), "an alert of monitor " + row.monitor));
    row.state = statement.Text(4);
    row.attempts = statement.Int(5);
    row.next_at = statement.Text(6);
    row.error = statement.Text(7);
    row.created_at = statement.Text(8);
    rows.push_back(std::move(row));
  }
}

}  // namespace

Status Outbox::Put(const OutboxRow& row) {
  constexpr auto kInsert =
      "INSERT INTO outbox (monitor, channel, body, state, attempts, next_at, error, created_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
  return catalog_.state().database->Run(kInsert, row.monitor, row.channel, ColumnText(row.body),
                                        row.state, row.attempts, row.next_at, row.error,
                                        row.created_at);
}

Result<std::vector<OutboxRow>> Outbox::Due(const std::string& now) {
  constexpr auto kDue =
      "SELECT seq, monitor, channel, body, state, attempts, next_at, error, created_at FROM outbox "
      "WHERE state = 'waiting' AND next_at <= ?1 ORDER BY seq";
  TRY_ASSIGN(Statement statement, catalog_.state().database->Query(kDue, now));
  return Rows(std::move(statement));
}

Result<std::vector<OutboxRow>> Outbox::Newest(int limit) {
  constexpr auto kNewest =
      "SELECT seq, monitor, channel, body, state, attempts, next_at, error, created_at FROM outbox "
      "ORDER BY seq DESC LIMIT ?1";
  TRY_ASSIGN(Statement statement, catalog_.state().database->Query(kNewest, limit));
  return Rows(std::move(statement));
}

Status Outbox::Update(const OutboxRow& row) {
  constexpr auto kUpdate =
      "UPDATE outbox SET state = ?2, attempts = ?3, next_at = ?4, error = ?5 WHERE seq = ?1";
  return catalog_.state().database->Run(kUpdate, row.seq, row.state, row.attempts, row.next_at,
                                        row.error);
}

}  // namespace assay::store
