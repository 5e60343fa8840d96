/// Checks as a gate writes them (and `engine: assay` in a contract), and the names they get.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/check_decl.h"
#include "contract/kind_info.h"
#include "contract/value_reader.h"

namespace assay::contract {

/// A check before it has a name for certain: `decl.name` is what was declared, or empty.
struct CheckDraft {
  CheckDecl decl;
  Place name_place;
};

/// Reads `{KIND: SUBJECT, PARAM: …, name: …, severity: …, fail_above: …}`.
std::optional<CheckDraft> ReadCheckEntry(const YamlNode& node, const KindTables& kinds,
                                         ValueReader& values);

/// Reads the list under `checks:`, if it is there.
std::vector<CheckDraft> ReadChecks(MappingReader& mapping, const KindTables& kinds,
                                   ValueReader& values);

/// Gives each draft its name: the declared one, else `KIND_SUBJECT` (`KIND_N` where the subject is
/// free text), made unique among all by `_2`, `_3`, … `before` are checks that have their names.
std::vector<CheckDecl> NameChecks(std::vector<CheckDraft> drafts,
                                  const std::vector<CheckDecl>& before, const KindTables& kinds,
                                  Diagnostics& diagnostics);

/// Warns when `warn` can never be reached because `fail` lies below it.
void WarnOfOrder(const Threshold& warn, const Threshold& fail, const Place& place,
                 Diagnostics& diagnostics);

}  // namespace assay::contract
