/// Casts that lose nothing without a word, as SQL. Knows no step and no source.
#pragma once

#include <string>

#include "base/type.h"

namespace assay::engine {

/// What would go without a word when a text becomes a value of a type.
struct Loss {
  std::string condition;  ///< over the text; empty where nothing can go
  std::string what;       ///< of a column with such texts: `of days has hours`
};

/// Of the text `sql`, a name or another expression.
Loss LossOfText(const Type& type, const std::string& sql);

/// Whether a value of one type can mean one of the other: numbers and truths, days and moments,
/// text and all of these. Bytes and nested types become no others but text.
bool CanCast(const Type& from, const Type& to);

/// `sql`, of type `from`, as a value of type `to`; null where it is none or would lose something:
/// fractions as a whole number, digits as a decimal, hours as a day, a size that is out of range.
/// Floating-point numbers round as they always do, but a whole number must survive.
std::string CheckedCast(const std::string& sql, const Type& from, const Type& to);

}  // namespace assay::engine
