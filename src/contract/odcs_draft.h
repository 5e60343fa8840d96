/// A contract while it is being read, shared by the readers of its parts.
#pragma once

#include <string>
#include <vector>

#include "contract/check_entry.h"
#include "contract/odcs.h"

namespace assay::contract {

class ContractDraft {
 public:
  ContractDraft(const KindTables& all_kinds, Diagnostics& reports)
      : kinds(all_kinds), diagnostics(reports), values(reports, nullptr, false) {}

  /// Adds a check of this kind with the kind's defaults. The pointer is valid until the next one;
  /// nullptr, and reported, when the program has no such kind.
  CheckDraft* AddCheck(const std::string& kind, Json params, const Place& place);

  const KindTables& kinds;
  Diagnostics& diagnostics;
  ValueReader values;
  Contract contract;
  std::vector<CheckDraft> checks;
};

/// The list `schema`: exactly one object, with columns and checks.
void ReadSchema(const YamlEntry* schema, const Place& root, ContractDraft& draft);

/// A list `quality` of one column, or of the object where `column` is empty. `columns` are all
/// names of the object.
void ReadQuality(const YamlNode& quality, const std::string& column,
                 const std::vector<std::string>& columns, ContractDraft& draft);

/// Who answers for the data: `team` as a list of members (v3.0) or an object with them (v3.1).
Owner ReadTeam(const YamlNode& team, ContractDraft& draft);

}  // namespace assay::contract
