/// SQL that a person wrote for a gate, before it stands inside a query of ours.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/engine.h"

namespace assay::gate {

/// An expression must be one whole expression with one value for a row (or, with `one_row` false,
/// for a group of rows), read no table, make no rows and have the same value at every call; over
/// one row it may have no window. `table` is what it will be computed over.
Status CheckExpression(engine::Engine& engine, const std::string& text, bool one_row,
                       const std::string& table);

/// A query may read nothing but the gate's input, called `kObjectName` in it, and must have the
/// same answer at every call.
Status CheckQuery(engine::Engine& engine, const std::string& text);

/// What the two found, with the text behind the message.
Status WithText(Status status, const std::string& text);

/// SQL of a `by` expression: `month(date)` and its like become text (`2001-06`), anything else is
/// taken as SQL.
std::string SliceSql(const std::string& by);

}  // namespace assay::gate
