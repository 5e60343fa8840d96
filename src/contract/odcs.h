/// A data contract in the Open Data Contract Standard, v3.1, and the checks it stands for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/check_decl.h"
#include "contract/kind_info.h"

namespace assay::contract {

struct ContractColumn {
  std::string name;
  std::string
      logical_type;  ///< string, date, timestamp, time, number, integer, object, array, boolean
  std::string physical_type;  ///< an engine's or our own type name; may be empty
  bool required = false;
  bool unique = false;
  bool primary_key = false;
  std::string description;
  Place place;  ///< of the name
};

struct Contract {
  std::string file;  ///< relative to the project
  std::string text;  ///< as read
  std::string id;
  std::string version;
  std::string status;
  std::string object;  ///< name of the schema object, what `${object}` means
  Owner owner;         ///< first team member with role owner, else the first; ODCS `team`
  std::vector<ContractColumn> columns;
  /// In the order of the file: per column `type` (when a type is declared), `not_null` (required),
  /// `unique`, logicalTypeOptions (range, length, pattern), its quality rules; then the object's.
  std::vector<CheckDecl> checks;
};

/// Reads one contract. `file` is the name for messages. Errors and warnings go to `diagnostics`;
/// nothing is returned when there was an error. Unknown keys are errors with the nearest known one;
/// keys of the standard that have no effect here are accepted.
std::optional<Contract> ParseContract(const std::string& file, const std::string& text,
                                      const KindTables& kinds, Diagnostics& diagnostics);

}  // namespace assay::contract
