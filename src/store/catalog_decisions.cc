// Decisions of retrain policies.
#include "store/catalog_state.h"
#include "store/decision_log.h"

namespace assay::store {

Result<std::vector<DecisionRow>> DecisionLog::Decisions(const std::string& policy) {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query(
                 "SELECT seq, policy, id, as_of, action, created_at FROM decision "
                 "WHERE ?1 = '' OR policy = ?1 ORDER BY seq",
                 policy));
  std::vector<DecisionRow> rows;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return rows;
    rows.push_back(DecisionRow{.seq = statement.Int(0),
                               .policy = statement.Text(1),
                               .id = statement.Text(2),
                               .as_of = statement.Text(3),
                               .action = statement.Text(4),
                               .created_at = statement.Text(5)});
  }
}

Result<std::int64_t> DecisionLog::Add(const DecisionRow& row) {
  Catalog::State& state = catalog_.state();
  TRY(state.database->Run(
      "INSERT INTO decision (policy, id, as_of, action, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
      row.policy, row.id, row.as_of, row.action, UtcText(state.clock->NowMicros())));
  TRY_ASSIGN(Statement statement, state.database->Query("SELECT last_insert_rowid()"));
  TRY(statement.Step());
  return statement.Int(0);
}

}  // namespace assay::store
