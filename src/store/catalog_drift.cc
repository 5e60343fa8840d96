// Results of monitors.
#include "store/catalog_state.h"
#include "store/drift_log.h"

namespace assay::store {

Status DriftLog::Put(const DriftRow& row) {
  constexpr auto kInsert =
      "INSERT INTO drift (id, monitor, subject, reference, verdict, created_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
  return catalog_.state().database->Run(kInsert, row.id, row.monitor, row.subject, row.reference,
                                        row.verdict, row.created_at);
}

Result<std::vector<DriftRow>> DriftLog::Results(const std::string& monitor, int limit) {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query(
                 "SELECT id, monitor, subject, reference, verdict, created_at FROM drift "
                 "WHERE ?1 = '' OR monitor = ?1 ORDER BY seq DESC LIMIT ?2",
                 monitor, limit));
  std::vector<DriftRow> rows;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return rows;
    rows.push_back(DriftRow{.id = statement.Text(0),
                            .monitor = statement.Text(1),
                            .subject = statement.Text(2),
                            .reference = statement.Text(3),
                            .verdict = statement.Text(4),
                            .created_at = statement.Text(5)});
  }
}

Result<std::optional<DriftRow>> DriftLog::Newest(const std::string& monitor) {
  TRY_ASSIGN(const std::vector<DriftRow> newest, Results(monitor, 1));
  return newest.empty() ? std::nullopt : std::optional(newest.front());
}

}  // namespace assay::store
