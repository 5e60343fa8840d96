/// What a cell of text loses when it becomes a value of a type.
#pragma once

#include <string>

#include "base/type.h"

namespace assay::source {

/// What would go without a word: a condition over the text of the cell, and how to say it of a
/// column. The condition is empty where nothing can go, and null or false for a cell that keeps
/// all.
struct Loss {
  std::string condition;
  const char* what;
};

/// `cell`: an SQL expression of a text.
Loss LossOf(const Type& type, const std::string& cell);

}  // namespace assay::source
