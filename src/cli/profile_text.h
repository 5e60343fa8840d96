/// A first look at a table as a person reads it in a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "run/look.h"

namespace assay::cli {

/// What was looked at, what is suspicious, and all columns with at most `most_values` of their most
/// frequent values; without a line feed at the end.
std::string LookText(const Terminal& terminal, const run::Look& look, std::size_t most_values);

/// Bars of eight heights, one for each bin; a bin of no rows is a space, one of few the lowest bar.
std::string Sparkline(const std::vector<std::int64_t>& bins);

}  // namespace assay::cli
