#include "engine/duckdb/row_repeats.h"

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "engine/duckdb/duck.h"

namespace assay::engine {
namespace {

// The ids that have been seen. 2^16 of them share a page of 8 KB.
class SeenIds {
 public:
  void Add(std::uint64_t id) {
    Page& page = PageOf(id >> kPageBits);
    std::uint64_t& word = page[(id >> kWordBits) % page.size()];
    const std::uint64_t bit = std::uint64_t{1} << (id % 64);
    if ((word & bit) != 0) ++repeats_;
    word |= bit;
  }

  void Merge(const SeenIds& other) {
    repeats_ += other.repeats_;
    for (const auto& [number, theirs] : other.pages_) {
      Page& ours = PageOf(number);
      for (std::size_t i = 0; i < ours.size(); ++i) {
        repeats_ += static_cast<std::uint64_t>(std::popcount(ours[i] & (*theirs)[i]));
        ours[i] |= (*theirs)[i];
      }
    }
  }

  std::uint64_t repeats() const { return repeats_; }

 private:
  static constexpr int kPageBits = 16;
  static constexpr int kWordBits = 6;
  static constexpr std::size_t kPageWords = std::size_t{1} << (kPageBits - kWordBits);
  using Page = std::array<std::uint64_t, kPageWords>;

  // Neighbours in a file are mostly neighbours in the output.
  Page& PageOf(std::uint64_t number) {
    if (last_ != nullptr && number == last_number_) return *last_;
    auto& page = pages_[number];
    if (page == nullptr) page = std::make_unique<Page>();
    last_ = page.get();
    last_number_ = number;
    return *page;
  }

  std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;
  Page* last_ = nullptr;
  std::uint64_t last_number_ = 0;
  std::uint64_t repeats_ = 0;
};

// The engine keeps a pointer for each group, and may drop a group that has seen no row.
SeenIds*& SeenOf(duckdb_aggregate_state state) { return *reinterpret_cast<SeenIds**>(state); }

idx_t Size(duckdb_function_info) { return sizeof(SeenIds*); }

void Init(duckdb_function_info, duckdb_aggregate_state state) { SeenOf(state) = new SeenIds(); }

void Update(duckdb_function_info, duckdb_data_chunk input, duckdb_aggregate_state* states) {
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const auto* ids = static_cast<const std::uint64_t*>(duckdb_vector_get_data(vector));
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  const idx_t size = duckdb_data_chunk_get_size(input);
  for (idx_t row = 0; row < size; ++row) {
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) continue;
    SeenOf(states[row])->Add(ids[row]);
  }
}

void Combine(duckdb_function_info, duckdb_aggregate_state* source, duckdb_aggregate_state* target,
             idx_t count) {
  for (idx_t i = 0; i < count; ++i) SeenOf(target[i])->Merge(*SeenOf(source[i]));
}

void Finalize(duckdb_function_info, duckdb_aggregate_state* source, duckdb_vector result,
              idx_t count, idx_t offset) {
  auto* repeats = static_cast<std::uint64_t*>(duckdb_vector_get_data(result));
  for (idx_t i = 0; i < count; ++i) repeats[offset + i] = SeenOf(source[i])->repeats();
}

void Destroy(duckdb_aggregate_state* states, idx_t count) {
  for (idx_t i = 0; i < count; ++i) {
    delete SeenOf(states[i]);
    SeenOf(states[i]) = nullptr;
  }
}

}  // namespace

Status RegisterRowRepeats(duckdb_connection connection) {
  const AggregateFunction function(duckdb_create_aggregate_function());
  const LogicalType whole(duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT));
  duckdb_aggregate_function_set_name(function.get(), "assay_repeats");
  duckdb_aggregate_function_add_parameter(function.get(), whole.get());
  duckdb_aggregate_function_set_return_type(function.get(), whole.get());
  duckdb_aggregate_function_set_functions(function.get(), Size, Init, Update, Combine, Finalize);
  duckdb_aggregate_function_set_destructor(function.get(), Destroy);
  if (duckdb_register_aggregate_function(connection, function.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot register assay_repeats", ""};
  }
  return {};
}

}  // namespace assay::engine
