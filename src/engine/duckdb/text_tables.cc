#include "engine/duckdb/text_tables.h"

#include <exception>
#include <utility>
#include <vector>

#include "engine/duckdb/duck.h"
#include "engine/duckdb/statement.h"

namespace assay::engine {
namespace {

using TablesHandle = std::shared_ptr<TextTables>;
using TableHandle = std::shared_ptr<const TextTable>;

// The engine gathers rows in pieces of 2,048, which may be far apart in size.
constexpr std::size_t kPieceBytes = 8 << 20;

struct TextReading {
  std::unique_ptr<TextRows> rows;
  std::vector<idx_t> wanted;  // columns, in the order of the output
  TextRows::Cells cells;
};

template <typename Object>
void DeleteObject(void* object) {
  delete static_cast<Object*>(object);
}

void BindTextTable(duckdb_bind_info info) {
  const auto& tables = *static_cast<TablesHandle*>(duckdb_bind_get_extra_info(info));
  const Value number(duckdb_bind_get_parameter(info, 0));
  const TableHandle table = tables->Find(duckdb_get_uint64(number.get()));
  if (table == nullptr) return duckdb_bind_set_error(info, "no such table of text");
  const LogicalType text(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
  for (const std::string& column : table->columns) {
    duckdb_bind_add_result_column(info, column.c_str(), text.get());
  }
  duckdb_bind_set_bind_data(info, new TableHandle(table), DeleteObject<TableHandle>);
}

void BeginTextTable(duckdb_init_info info) {
  const TextTable& table = **static_cast<TableHandle*>(duckdb_init_get_bind_data(info));
  auto rows = table.open();
  if (!rows.ok()) return duckdb_init_set_error(info, CarriedError(rows.error()).c_str());
  auto reading = std::make_unique<TextReading>();
  reading->rows = std::move(*rows);
  reading->cells.resize(table.columns.size());
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
    reading->wanted.push_back(duckdb_init_get_column_index(info, i));
  }
  duckdb_init_set_init_data(info, reading.release(), DeleteObject<TextReading>);
  duckdb_init_set_max_threads(info, 1);
}

// Returns how many bytes were put.
std::size_t PutCell(duckdb_vector vector, idx_t row, const std::optional<std::string_view>& cell) {
  if (cell) {
    duckdb_vector_assign_string_element_len(vector, row, cell->data(), cell->size());
    return cell->size();
  }
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
  return 0;
}

Status FillPiece(TextReading& reading, duckdb_data_chunk output) {
  const idx_t most = duckdb_vector_size();
  idx_t row = 0;
  for (std::size_t bytes = 0; row < most && bytes < kPieceBytes; ++row) {
    TRY_ASSIGN(const bool more, reading.rows->Next(reading.cells));
    if (!more) break;
    for (idx_t i = 0; i < reading.wanted.size(); ++i) {
      // The engine asks for a column of its own where it needs none.
      if (reading.wanted[i] >= reading.cells.size()) continue;
      bytes +=
          PutCell(duckdb_data_chunk_get_vector(output, i), row, reading.cells[reading.wanted[i]]);
    }
  }
  duckdb_data_chunk_set_size(output, row);
  return {};
}

void ReadTextTable(duckdb_function_info info, duckdb_data_chunk output) {
  auto& reading = *static_cast<TextReading*>(duckdb_function_get_init_data(info));
  try {
    const Status filled = FillPiece(reading, output);
    if (!filled.ok()) duckdb_function_set_error(info, CarriedError(filled.error()).c_str());
  } catch (const std::exception& e) {  // such as of memory; none may pass through C
    const Error error{ErrorCode::kIo, std::string("cannot make rows: ") + e.what(), ""};
    duckdb_function_set_error(info, CarriedError(error).c_str());
  }
}

}  // namespace

std::string TextTables::Add(TextTable table) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t number = tables_.size();
  tables_.emplace(number, std::make_shared<const TextTable>(std::move(table)));
  return "assay_text_rows(" + std::to_string(number) + "::UBIGINT)";
}

std::shared_ptr<const TextTable> TextTables::Find(std::uint64_t number) const {
  const std::scoped_lock lock(mutex_);
  const auto found = tables_.find(number);
  return found == tables_.end() ? nullptr : found->second;
}

Status RegisterTextTables(duckdb_connection connection, std::shared_ptr<TextTables> tables) {
  const TableFunction function(duckdb_create_table_function());
  const LogicalType number(duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT));
  duckdb_table_function_set_name(function.get(), "assay_text_rows");
  duckdb_table_function_add_parameter(function.get(), number.get());
  duckdb_table_function_set_extra_info(function.get(), new TablesHandle(std::move(tables)),
                                       DeleteObject<TablesHandle>);
  duckdb_table_function_set_bind(function.get(), BindTextTable);
  duckdb_table_function_set_init(function.get(), BeginTextTable);
  duckdb_table_function_set_function(function.get(), ReadTextTable);
  duckdb_table_function_supports_projection_pushdown(function.get(), true);
  if (duckdb_register_table_function(connection, function.get()) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot register assay_text_rows", ""};
  }
  return {};
}

}  // namespace assay::engine
