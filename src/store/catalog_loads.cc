// States of loads.
#include "store/catalog_state.h"
#include "store/json_place.h"
#include "store/load_states.h"

namespace assay::store {

Result<std::optional<LoadRow>> LoadStates::Find(const std::string& source) {
  TRY_ASSIGN(
      Statement statement,
      catalog_.state().database->Query(
          "SELECT source, asks, state, fetched_at, run FROM load_state WHERE source = ?1", source));
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return std::optional<LoadRow>();
  TRY_ASSIGN(Json state, ColumnJson(statement.Text(2), "the load state of " + source));
  return std::optional(LoadRow{.source = statement.Text(0),
                               .asks = statement.Text(1),
                               .state = std::move(state),
                               .fetched_at = statement.Text(3),
                               .run = statement.Text(4)});
}

Status LoadStates::Put(const LoadRow& row) {
  TRY_ASSIGN(const std::string state, CanonicalJson(row.state));
  return catalog_.state().database->Run(
      "INSERT OR REPLACE INTO load_state (source, asks, state, fetched_at, run) "
      "VALUES (?1, ?2, ?3, ?4, ?5)",
      row.source, row.asks, state, row.fetched_at, row.run);
}

}  // namespace assay::store
