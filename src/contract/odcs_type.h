/// What the types of a contract's column mean as one of our own types.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/type.h"

namespace assay::contract {

/// What a `type` check compares with: our own type for the physical type, where it is one of our
/// names or a common SQL name; else the logical type's name; empty when neither is known.
std::string DeclaredType(const std::string& physical_type, const std::string& logical_type);

/// `string`, `date`, `timestamp`, `time`, `number`, `integer`, `object`, `array`, `boolean`.
const std::vector<std::string>& LogicalTypes();

/// Whether a type is what `DeclaredType` gives: that very type, or one of the family that the
/// logical type names.
bool IsOfType(const Type& type, const std::string& declared);
/// The type that values of `declared` get where they have none of that family yet: of `integer`
/// int64, of `number` float64. Nothing for `object`, `array` and what is no type.
std::optional<Type> TypeToBe(const std::string& declared);

/// A pattern that texts of `min` to `max` characters match as a whole; `max` -1 is open. Regular
/// expression engines allow 1000 repetitions, so longer ones are written one after the other.
std::string LengthPattern(int min, int max);

}  // namespace assay::contract
