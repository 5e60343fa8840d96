/// The coercion ledger of a node, `NAME.ledger`: what was done to its values, as a table that steps
/// and gates can read (docs/design/0008, section 4).
#pragma once

#include <string>
#include <vector>

#include "run/execute.h"
#include "run/pieces.h"
#include "source/source.h"

namespace assay::run {

/// A row for each file and column of a source: `load`, the number of the file from 1, `file`,
/// `column`, `type`, how many `cells` had a value, how many were words for null, and how many were
/// changed in which way. `table` is what was stored of the source.
Result<store::Table> StoreSourceLedger(Workspace& workspace, engine::Engine& engine,
                                       const std::vector<source::CellChanges>& changes,
                                       const SourceFiles& files, const store::Table& table,
                                       const std::string& source);

/// The ledger of a step, from the query of its kind: `column`, `change`, `spelling`, `became`,
/// `cells`, `of`.
Result<store::Table> StoreStepLedger(Workspace& workspace, engine::Engine& engine,
                                     const std::string& query, const std::string& step);
/// Its columns.
Schema StepLedgerSchema();

/// One ledger of those that the pieces of a node have, where they have any.
Status UniteLedgers(Workspace& workspace, const plan::Node& node, const std::vector<Piece>& pieces,
                    Executed& done);

}  // namespace assay::run
