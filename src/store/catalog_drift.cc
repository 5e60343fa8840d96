// Results of monitors.
#include "store/catalog_state.h"
#include "store/drift_log.h"

namespace assay::store {

Result<std::optional<DriftRow>> DriftLog::Newest(const std::string& monitor) {
  TRY_ASSIGN(Statement statement,
             catalog_.state().database->Query(
                 "SELECT id, monitor, subject, reference, verdict, created_at FROM drift "
                 "WHERE monitor = ?1 ORDER BY seq DESC LIMIT 1",
                 monitor));
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return std::optional<DriftRow>();
  return std::optional(DriftRow{.id = statement.Text(0),
                                .monitor = statement.Text(1),
                                .subject = statement.Text(2),
                                .reference = statement.Text(3),
                                .verdict = statement.Text(4),
                                .created_at = statement.Text(5)});
}

}  // namespace assay::store
