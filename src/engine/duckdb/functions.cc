#include "engine/duckdb/functions.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <type_traits>

#include "base/exact_moments.h"
#include "base/exact_sum.h"
#include "base/hash.h"
#include "engine/duckdb/duck.h"
#include "engine/duckdb/hash_function.h"
#include "engine/duckdb/row_encoder.h"
#include "engine/duckdb/row_repeats.h"
#include "engine/duckdb/white_space_function.h"

namespace assay::engine {
namespace {

duckdb_uhugeint Split(Uint128 value) {
  return {static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64)};
}

Uint128 Join(const duckdb_uhugeint& value) {
  return (static_cast<Uint128>(value.upper) << 64) | value.lower;
}

constexpr char kUnsupported[] = "a column has a type that no version can hold; cast it";

// Calls `set(row, bytes)` with the row/1 bytes of each row of the columns from `first` on.
template <typename Set>
void ForEachRow(duckdb_function_info info, duckdb_data_chunk input, idx_t first, Set set) {
  const auto readers = ReadersOf(input, first);
  if (readers.empty()) {
    duckdb_scalar_function_set_error(info, kUnsupported);
    return;
  }
  ChunkEncoder().ForEachRow(readers, duckdb_data_chunk_get_size(input), set);
}

void RowHash(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  auto* hashes = static_cast<duckdb_uhugeint*>(duckdb_vector_get_data(output));
  ForEachRow(info, input, 0,
             [&](idx_t row, std::string_view bytes) { hashes[row] = Split(Xxh3Wide(bytes)); });
}

void Bucket(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  auto* buckets = static_cast<std::uint64_t*>(duckdb_vector_get_data(output));
  const auto* seeds = static_cast<const std::uint64_t*>(
      duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 0)));
  ForEachRow(info, input, 1, [&](idx_t row, std::string_view bytes) {
    const Uint128 hash = Xxh3(bytes, seeds[row]);
    buckets[row] = static_cast<std::uint64_t>((hash * 1'000'000) >> 64);
  });
}

void ShuffleKey(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const auto numbers = [&](idx_t column) {
    return static_cast<const std::uint64_t*>(
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, column)));
  };
  const std::uint64_t* seeds = numbers(0);
  const std::uint64_t* rows = numbers(1);
  auto* keys = static_cast<std::uint64_t*>(duckdb_vector_get_data(output));
  const idx_t size = duckdb_data_chunk_get_size(input);
  for (idx_t row = 0; row < size; ++row) {
    char bytes[sizeof(std::uint64_t)];  // little-endian on every machine
    for (std::size_t i = 0; i < sizeof bytes; ++i) {
      bytes[i] = static_cast<char>(rows[row] >> (8 * i));
    }
    keys[row] = Xxh3({bytes, sizeof bytes}, seeds[row]);
  }
}

// States are kept in memory that is aligned to 8 bytes only, hence the copies; a pointer to a wide
// number would promise the compiler 16.
Uint128 Load(duckdb_aggregate_state state) {
  Uint128 sum;
  std::memcpy(&sum, reinterpret_cast<const unsigned char*>(state), sizeof sum);
  return sum;
}

void Store(duckdb_aggregate_state state, Uint128 sum) {
  std::memcpy(reinterpret_cast<unsigned char*>(state), &sum, sizeof sum);
}

idx_t SumSize(duckdb_function_info) { return sizeof(Uint128); }

void SumInit(duckdb_function_info, duckdb_aggregate_state state) { Store(state, 0); }

void SumUpdate(duckdb_function_info, duckdb_data_chunk input, duckdb_aggregate_state* states) {
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* values = static_cast<const duckdb_uhugeint*>(duckdb_vector_get_data(vector));
  const idx_t size = duckdb_data_chunk_get_size(input);
  for (idx_t row = 0; row < size; ++row) {
    Store(states[row], Load(states[row]) + Join(values[row]));
  }
}

void SumCombine(duckdb_function_info, duckdb_aggregate_state* source,
                duckdb_aggregate_state* target, idx_t count) {
  for (idx_t i = 0; i < count; ++i) Store(target[i], Load(target[i]) + Load(source[i]));
}

void SumFinalize(duckdb_function_info, duckdb_aggregate_state* source, duckdb_vector result,
                 idx_t count, idx_t offset) {
  auto* sums = static_cast<duckdb_uhugeint*>(duckdb_vector_get_data(result));
  for (idx_t i = 0; i < count; ++i) sums[offset + i] = Split(Load(source[i]));
}

ExactMoments& MomentsOf(duckdb_aggregate_state state) {
  static_assert(alignof(ExactMoments) <= 8 && std::is_trivially_destructible_v<ExactMoments>);
  return *reinterpret_cast<ExactMoments*>(state);
}

idx_t MomentsSize(duckdb_function_info) { return sizeof(ExactMoments); }

void MomentsInit(duckdb_function_info, duckdb_aggregate_state state) {
  new (static_cast<void*>(&MomentsOf(state))) ExactMoments();
}

void MomentsUpdate(duckdb_function_info, duckdb_data_chunk input, duckdb_aggregate_state* states) {
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* values = static_cast<const double*>(duckdb_vector_get_data(vector));
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  const idx_t size = duckdb_data_chunk_get_size(input);
  for (idx_t row = 0; row < size; ++row) {
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) continue;
    MomentsOf(states[row]).Add(values[row]);
  }
}

void MomentsCombine(duckdb_function_info, duckdb_aggregate_state* source,
                    duckdb_aggregate_state* target, idx_t count) {
  for (idx_t i = 0; i < count; ++i) MomentsOf(target[i]).Merge(MomentsOf(source[i]));
}

constexpr const char* kMomentNames[] = {"count", "mean", "deviation", "low", "high"};

void MomentsFinalize(duckdb_function_info, duckdb_aggregate_state* source, duckdb_vector result,
                     idx_t count, idx_t offset) {
  const auto child = [&](idx_t i) { return duckdb_struct_vector_get_child(result, i); };
  for (idx_t i = 0; i < count; ++i) {
    const ExactMoments& moments = MomentsOf(source[i]);
    const idx_t row = offset + i;
    static_cast<std::uint64_t*>(duckdb_vector_get_data(child(0)))[row] = moments.count();
    const bool has_values = moments.count() > 0;
    const double numbers[] = {has_values ? moments.Mean() : 0, has_values ? moments.Deviation() : 0,
                              moments.low(), moments.high()};
    for (idx_t n = 0; n < std::size(numbers); ++n) {
      duckdb_vector vector = child(n + 1);
      static_cast<double*>(duckdb_vector_get_data(vector))[row] = numbers[n];
      if (has_values) continue;
      duckdb_vector_ensure_validity_writable(vector);
      duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
    }
  }
}

struct ExactMean {
  ExactSum sum;
  std::uint64_t count = 0;
};

ExactMean& MeanOf(duckdb_aggregate_state state) {
  static_assert(alignof(ExactMean) <= 8 && std::is_trivially_destructible_v<ExactMean>);
  return *reinterpret_cast<ExactMean*>(state);
}

idx_t MeanSize(duckdb_function_info) { return sizeof(ExactMean); }

void MeanInit(duckdb_function_info, duckdb_aggregate_state state) {
  new (static_cast<void*>(&MeanOf(state))) ExactMean();
}

void MeanUpdate(duckdb_function_info, duckdb_data_chunk input, duckdb_aggregate_state* states) {
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* values = static_cast<const double*>(duckdb_vector_get_data(vector));
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  const idx_t size = duckdb_data_chunk_get_size(input);
  for (idx_t row = 0; row < size; ++row) {
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) continue;
    MeanOf(states[row]).sum.Add(values[row]);
    ++MeanOf(states[row]).count;
  }
}

void MeanCombine(duckdb_function_info, duckdb_aggregate_state* source,
                 duckdb_aggregate_state* target, idx_t count) {
  for (idx_t i = 0; i < count; ++i) {
    if (MeanOf(source[i]).count == 0) continue;
    MeanOf(target[i]).sum.Merge(MeanOf(source[i]).sum);
    MeanOf(target[i]).count += MeanOf(source[i]).count;
  }
}

void MeanFinalize(duckdb_function_info, duckdb_aggregate_state* source, duckdb_vector result,
                  idx_t count, idx_t offset) {
  auto* means = static_cast<double*>(duckdb_vector_get_data(result));
  for (idx_t i = 0; i < count; ++i) {
    const ExactMean& mean = MeanOf(source[i]);
    if (mean.count > 0) {
      means[offset + i] = mean.sum.Divided(mean.count, 0);
      continue;
    }
    duckdb_vector_ensure_validity_writable(result);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(result), offset + i);
  }
}

Status RegisterScalar(duckdb_connection connection, const char* name, bool seeded,
                      duckdb_type returns, duckdb_scalar_function_t function) {
  const ScalarFunction scalar(duckdb_create_scalar_function());
  const LogicalType any(duckdb_create_logical_type(DUCKDB_TYPE_ANY));
  const LogicalType seed(duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT));
  const LogicalType result(duckdb_create_logical_type(returns));
  duckdb_scalar_function_set_name(scalar.get(), name);
  if (seeded) duckdb_scalar_function_add_parameter(scalar.get(), seed.get());
  duckdb_scalar_function_set_varargs(scalar.get(), any.get());
  duckdb_scalar_function_set_return_type(scalar.get(), result.get());
  duckdb_scalar_function_set_special_handling(scalar.get());  // nulls are values here
  duckdb_scalar_function_set_function(scalar.get(), function);
  if (duckdb_register_scalar_function(connection, scalar.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, std::string("cannot register ") + name, ""};
  }
  return {};
}

Status RegisterShuffleKey(duckdb_connection connection) {
  const ScalarFunction scalar(duckdb_create_scalar_function());
  const LogicalType number(duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT));
  duckdb_scalar_function_set_name(scalar.get(), "assay_shuffle_key");
  duckdb_scalar_function_add_parameter(scalar.get(), number.get());  // seed
  duckdb_scalar_function_add_parameter(scalar.get(), number.get());  // row
  duckdb_scalar_function_set_return_type(scalar.get(), number.get());
  duckdb_scalar_function_set_function(scalar.get(), ShuffleKey);
  if (duckdb_register_scalar_function(connection, scalar.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot register assay_shuffle_key", ""};
  }
  return {};
}

Status RegisterSum(duckdb_connection connection) {
  const AggregateFunction sum(duckdb_create_aggregate_function());
  const LogicalType wide(duckdb_create_logical_type(DUCKDB_TYPE_UHUGEINT));
  duckdb_aggregate_function_set_name(sum.get(), "assay_wrapping_sum");
  duckdb_aggregate_function_add_parameter(sum.get(), wide.get());
  duckdb_aggregate_function_set_return_type(sum.get(), wide.get());
  duckdb_aggregate_function_set_functions(sum.get(), SumSize, SumInit, SumUpdate, SumCombine,
                                          SumFinalize);
  if (duckdb_register_aggregate_function(connection, sum.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot register assay_wrapping_sum", ""};
  }
  return {};
}

Status RegisterMoments(duckdb_connection connection) {
  const AggregateFunction function(duckdb_create_aggregate_function());
  const LogicalType number(duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE));
  const LogicalType whole(duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT));
  duckdb_logical_type types[] = {whole.get(), number.get(), number.get(), number.get(),
                                 number.get()};
  const char* names[std::size(kMomentNames)];
  std::copy(std::begin(kMomentNames), std::end(kMomentNames), names);
  const LogicalType result(duckdb_create_struct_type(types, names, std::size(names)));
  duckdb_aggregate_function_set_name(function.get(), "assay_moments");
  duckdb_aggregate_function_add_parameter(function.get(), number.get());
  duckdb_aggregate_function_set_return_type(function.get(), result.get());
  duckdb_aggregate_function_set_functions(function.get(), MomentsSize, MomentsInit, MomentsUpdate,
                                          MomentsCombine, MomentsFinalize);
  if (duckdb_register_aggregate_function(connection, function.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot register assay_moments", ""};
  }
  return {};
}

Status RegisterMean(duckdb_connection connection) {
  const AggregateFunction function(duckdb_create_aggregate_function());
  const LogicalType number(duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE));
  duckdb_aggregate_function_set_name(function.get(), "assay_mean");
  duckdb_aggregate_function_add_parameter(function.get(), number.get());
  duckdb_aggregate_function_set_return_type(function.get(), number.get());
  duckdb_aggregate_function_set_functions(function.get(), MeanSize, MeanInit, MeanUpdate,
                                          MeanCombine, MeanFinalize);
  if (duckdb_register_aggregate_function(connection, function.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot register assay_mean", ""};
  }
  return {};
}

}  // namespace

Status RegisterFunctions(duckdb_connection connection) {
  TRY(RegisterScalar(connection, "assay_row_hash", false, DUCKDB_TYPE_UHUGEINT, RowHash));
  TRY(RegisterScalar(connection, "assay_bucket", true, DUCKDB_TYPE_UBIGINT, Bucket));
  TRY(RegisterShuffleKey(connection));
  TRY(RegisterHmac(connection));
  TRY(RegisterWhiteSpace(connection));
  TRY(RegisterSum(connection));
  TRY(RegisterMoments(connection));
  TRY(RegisterMean(connection));
  return RegisterRowRepeats(connection);
}

}  // namespace assay::engine
