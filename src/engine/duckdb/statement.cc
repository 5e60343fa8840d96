#include "engine/duckdb/statement.h"

#include <thread>

#include "engine/duckdb/logical_type.h"

namespace assay::engine {
namespace {

constexpr auto kBetweenAsking = std::chrono::milliseconds(20);
constexpr auto kBetweenLooks = std::chrono::microseconds(100);

}  // namespace

Result<Prepared> Prepare(duckdb_connection connection, const std::string& query) {
  duckdb_prepared_statement raw = nullptr;
  const duckdb_state state = duckdb_prepare(connection, query.c_str(), &raw);
  Prepared prepared(raw);
  if (state != DuckDBSuccess) {
    const char* text = duckdb_prepare_error(raw);
    return EngineError(text == nullptr ? "the engine gave no reason" : text);
  }
  return prepared;
}

Result<Schema> SchemaOf(duckdb_prepared_statement prepared) {
  Schema schema;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(prepared); ++i) {
    const std::string name =
        TakeText(const_cast<char*>(duckdb_prepared_statement_column_name(prepared, i)));
    const LogicalType logical(duckdb_prepared_statement_column_logical_type(prepared, i));
    const auto type = FromLogicalType(logical.get());
    if (!type) {
      return Error{ErrorCode::kUser,
                   "column `" + name +
                       "` has a type that a version cannot hold: " + EngineTypeName(logical.get()),
                   "cast it in a sql step"};
    }
    schema.push_back(Field{name, *type});
  }
  return schema;
}

Status Asking::Ask() {
  const auto now = std::chrono::steady_clock::now();
  if (!stop_ || now - asked_ < kBetweenAsking) return {};
  asked_ = now;
  if (!stop_()) return {};
  duckdb_interrupt(connection_);
  return Error{ErrorCode::kCancelled, "cancelled", ""};
}

Status RunPieces(duckdb_pending_result pending, Asking& asking) {
  for (;;) {
    const duckdb_pending_state state = duckdb_pending_execute_task(pending);
    if (state == DUCKDB_PENDING_ERROR) {
      const char* text = duckdb_pending_error(pending);
      return EngineError(text == nullptr ? "the engine gave no reason" : text);
    }
    if (duckdb_pending_execution_is_finished(state)) return {};
    if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) std::this_thread::sleep_for(kBetweenLooks);
    TRY(asking.Ask());
  }
}

}  // namespace assay::engine
