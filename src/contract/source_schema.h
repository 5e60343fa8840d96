/// The columns that a source is declared to have, and what happens to those that are otherwise.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "contract/mapping.h"
#include "contract/odcs.h"
#include "contract/value_reader.h"

namespace assay::contract {

/// What is done about a column, or a value, that is not as declared.
enum class SchemaMode {
  kEvolve,        ///< it is let in, and told
  kFreeze,        ///< the source fails
  kDiscardRow,    ///< the row is refused
  kDiscardValue,  ///< the value is left out: the column, or null in its place
};

struct SourceColumn {
  std::string name;
  std::string type;  ///< as `DeclaredType` gives it; empty: any
  bool required = false;
  bool operator==(const SourceColumn&) const = default;
};

struct SourceSchema {
  std::string declared_in;  ///< what messages call it: `contracts/orders.odcs.yaml`, `columns`
  std::vector<SourceColumn> columns;
  SchemaMode of_columns = SchemaMode::kEvolve;
  SchemaMode of_types = SchemaMode::kDiscardRow;
  std::map<std::string, SchemaMode> of_type;  ///< by column, where it is not `of_types`

  /// What is done about values of a column that are not of its type.
  SchemaMode TypeMode(const std::string& column) const;
  /// Whether rows may be refused because of it.
  bool RefusesRows() const;
};

/// `evolve`, `freeze`, `discard_row`, `discard_value`
const char* SchemaModeText(SchemaMode mode);

/// All that rows depend on, for the fingerprint: columns with types, and the modes.
Json SourceSchemaJson(const SourceSchema& schema);

/// Reads `schema_mode` of a source; the columns are those of its contract, else those of its
/// parameter `columns`. Nothing where neither a contract nor `schema_mode` is declared, or the
/// declaration has a mistake, which is reported.
std::optional<SourceSchema> ReadSourceSchema(MappingReader& mapping,
                                             const std::optional<Contract>& contract,
                                             const Json& params, ValueReader& values);

/// JSON Schema of `schema_mode`.
Json SchemaModeSchema();

}  // namespace assay::contract
