/// Whether the gates before a labelled dataset look after all four axes (contract::kAxes). Pure.
#pragma once

#include <string_view>
#include <vector>

#include "contract/diagnostic.h"
#include "contract/project.h"
#include "plan/graph.h"

namespace assay::plan {

/// The checks that judge what a dataset is made of: those of all gates before it, a contract's too,
/// and its own.
/// What a check compares with is judged for itself, so the gates before that do not count.
std::vector<const contract::CheckDecl*> ChecksOf(const contract::Project& project,
                                                 const Graph& graph, NodeId id);

/// The axes that none of these checks is on, in the order of contract::kAxes.
std::vector<std::string_view> MissingAxes(const std::vector<const contract::CheckDecl*>& checks,
                                          const contract::KindTables& kinds);

/// One warning for each axis that a labelled dataset lacks, at its label.
void WarnOfMissingAxes(const contract::Project& project, const Graph& graph,
                       const contract::KindTables& kinds, contract::Diagnostics& diagnostics);

}  // namespace assay::plan
