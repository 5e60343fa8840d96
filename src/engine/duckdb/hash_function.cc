#include "engine/duckdb/hash_function.h"

#include <cstdlib>
#include <string>

#include "base/hash.h"
#include "engine/duckdb/duck.h"

namespace assay::engine {
namespace {

std::string_view TextAt(duckdb_vector vector, idx_t row) {
  auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
  return {duckdb_string_t_data(&texts[row]), duckdb_string_t_length(texts[row])};
}

bool IsNullAt(std::uint64_t* validity, idx_t row) {
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

void Hmac(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const idx_t size = duckdb_data_chunk_get_size(input);
  if (size == 0) return;
  const std::string name(TextAt(duckdb_data_chunk_get_vector(input, 0), 0));
  const char* key = std::getenv(name.c_str());
  if (key == nullptr || *key == '\0') {
    duckdb_scalar_function_set_error(info, ("environment variable is not set: " + name).c_str());
    return;
  }
  HmacSha256 hmac(key);
  duckdb_vector texts = duckdb_data_chunk_get_vector(input, 2);
  std::uint64_t* validity = duckdb_vector_get_validity(texts);
  for (idx_t row = 0; row < size; ++row) {
    if (IsNullAt(validity, row)) {
      duckdb_vector_ensure_validity_writable(output);
      duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
      continue;
    }
    const std::string digest = Hex(hmac.Of(TextAt(texts, row)));
    duckdb_vector_assign_string_element_len(output, row, digest.data(), digest.size());
  }
}

}  // namespace

Status RegisterHmac(duckdb_connection connection) {
  const ScalarFunction scalar(duckdb_create_scalar_function());
  const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
  duckdb_scalar_function_set_name(scalar.get(), "assay_hmac");
  for (int i = 0; i < 3; ++i) duckdb_scalar_function_add_parameter(scalar.get(), text.get());
  duckdb_scalar_function_set_return_type(scalar.get(), text.get());
  duckdb_scalar_function_set_special_handling(scalar.get());  // nulls are seen to above
  duckdb_scalar_function_set_function(scalar.get(), Hmac);
  if (duckdb_register_scalar_function(connection, scalar.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot register assay_hmac", ""};
  }
  return {};
}

}  // namespace assay::engine
