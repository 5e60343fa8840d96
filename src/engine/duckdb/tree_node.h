/// Small readings of the nodes of a serialised parse tree.
#pragma once

#include <string>

#include "base/json.h"
#include "base/letter_case.h"

namespace assay::engine {

/// Whether a member is there with something in it: no null, no empty text, list or object.
bool Has(const Json& node, const char* member);

/// Whether a node is an expression, of this class (`STAR`, `SUBQUERY`).
bool IsClass(const Json& node, const char* name);

/// The name by which expressions call a table.
std::string AliasOf(const Json& table);

/// `UNION ALL` or `UNION ALL BY NAME`.
bool IsUnionAll(const Json& query);

}  // namespace assay::engine
