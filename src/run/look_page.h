/// A first look at a table as one page of HTML that needs nothing beside itself.
#pragma once

#include <string>

#include "run/look.h"

namespace assay::run {

/// What is suspicious, the label, a table of all columns, and a picture of each. Everything that
/// comes from the data is escaped and cut; of very many columns the first have pictures, which the
/// page says. It prints on paper.
std::string LookPage(const Look& look);

}  // namespace assay::run
