#include "engine/duckdb/white_space_function.h"

#include <string>
#include <string_view>

#include "base/white_space.h"
#include "engine/duckdb/duck.h"

namespace assay::engine {
namespace {

template <typename Change>
void ChangeTexts(duckdb_data_chunk input, duckdb_vector output, Change change) {
  const idx_t size = duckdb_data_chunk_get_size(input);
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  for (idx_t row = 0; row < size; ++row) {
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) {
      duckdb_vector_ensure_validity_writable(output);
      duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
      continue;
    }
    const auto changed = change(
        std::string_view(duckdb_string_t_data(&texts[row]), duckdb_string_t_length(texts[row])));
    duckdb_vector_assign_string_element_len(output, row, changed.data(), changed.size());
  }
}

void Trimmed(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  ChangeTexts(input, output, TrimWhiteSpace);
}

void Collapsed(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  ChangeTexts(input, output, CollapseWhiteSpace);
}

Status RegisterOfText(duckdb_connection connection, const char* name,
                      duckdb_scalar_function_t function) {
  const ScalarFunction scalar(duckdb_create_scalar_function());
  const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
  duckdb_scalar_function_set_name(scalar.get(), name);
  duckdb_scalar_function_add_parameter(scalar.get(), text.get());
  duckdb_scalar_function_set_return_type(scalar.get(), text.get());
  duckdb_scalar_function_set_special_handling(scalar.get());  // nulls are seen to above
  duckdb_scalar_function_set_function(scalar.get(), function);
  if (duckdb_register_scalar_function(connection, scalar.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, std::string("cannot register ") + name, ""};
  }
  return {};
}

}  // namespace

Status RegisterWhiteSpace(duckdb_connection connection) {
  TRY(RegisterOfText(connection, "assay_trim", Trimmed));
  return RegisterOfText(connection, "assay_collapse", Collapsed);
}

}  // namespace assay::engine
