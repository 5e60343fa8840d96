/// RAII over DuckDB's C API: every handle is destroyed once, also after a failed call.
#pragma once

#include <duckdb.h>

#include <memory>
#include <string>
#include <type_traits>

namespace assay::engine {

template <auto Destroy>
struct Destroyer {
  template <typename Handle>
  void operator()(Handle* handle) const noexcept {
    Destroy(&handle);  // DuckDB's destroy functions take the address of the handle
  }
};

template <typename Handle, auto Destroy>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroyer<Destroy>>;

using Database = Owned<duckdb_database, duckdb_close>;
using Connection = Owned<duckdb_connection, duckdb_disconnect>;
using Config = Owned<duckdb_config, duckdb_destroy_config>;
using LogicalType = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;
using DataChunk = Owned<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using ScalarFunction = Owned<duckdb_scalar_function, duckdb_destroy_scalar_function>;
using TableFunction = Owned<duckdb_table_function, duckdb_destroy_table_function>;
using AggregateFunction = Owned<duckdb_aggregate_function, duckdb_destroy_aggregate_function>;
using Prepared = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using Pending = Owned<duckdb_pending_result, duckdb_destroy_pending>;
using Value = Owned<duckdb_value, duckdb_destroy_value>;

/// Takes a text that DuckDB allocated.
inline std::string TakeText(char* text) {
  std::string copy = text == nullptr ? "" : text;
  duckdb_free(text);
  return copy;
}

/// A result; destroyed also when the query failed (it holds the message then).
class Rows {
 public:
  Rows() = default;
  ~Rows() { duckdb_destroy_result(&result_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  duckdb_result* get() { return &result_; }
  duckdb_result& operator*() { return result_; }

 private:
  duckdb_result result_{};
};

}  // namespace assay::engine
