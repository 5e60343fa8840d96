/// Patterns of `files:` for files that are there. Knows names only, not the disk.
#pragma once

#include <string>
#include <vector>

namespace assay::run {

/// As few patterns as may be that match `wanted` and nothing else of `all`, which holds them and
/// their neighbours; paths with `/`. Files of one series get a pattern that later ones match too
/// (`data/flights-*.csv`), where it takes no other file along. Letters that mean something in a
/// pattern are escaped.
std::vector<std::string> PatternsFor(const std::vector<std::string>& wanted,
                                     const std::vector<std::string>& all);

/// What the names of files have in common, as the name of a source: `flights` for
/// `data/flights-2001.csv` and `data/flights-2002.csv`, `sales_2024` for `Sales 2024.csv`; else the
/// name of their folder, else `data`. No longer than leaves room for `_checked`.
std::string SourceNameOf(const std::vector<std::string>& paths);

}  // namespace assay::run
