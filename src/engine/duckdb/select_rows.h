/// What a SELECT does to the rows of its FROM, read off its tree. Knows nothing of a running
/// engine.
#pragma once

#include <string>

#include "base/json.h"

namespace assay::engine {

/// Why a row that comes out stands for many that went in: `GROUP BY`, `DISTINCT`, `the aggregate
/// sum`. Empty when it does not. `select` is a SELECT_NODE.
std::string WhyAggregate(const Json& select);

/// Whether its select list makes several rows of one.
bool ExpandsRows(const Json& select);

/// The first part of a SELECT or set operation, outside of the subqueries of its expressions, that
/// is not understood; empty when all is.
std::string WhatIsUnknown(const Json& query);

/// Whether a function is an aggregate, or a macro made of one. A name in small letters.
bool IsAggregate(const std::string& function);

}  // namespace assay::engine
