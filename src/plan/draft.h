/// A declaration of the project as a node whose inputs are still names: the first step to the
/// graph.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plan/graph.h"

namespace assay::plan {

struct Draft {
  struct Wanted {
    std::string name;
    contract::Place place;
  };
  /// Columns in which rows that are equal must be in one part; no columns: in all but one.
  struct Together {
    std::vector<std::string> columns;
    std::string all_but;
  };

  Node node;
  std::vector<Wanted> wants;
  std::vector<std::string> distributes;  ///< of a sql step: names of inputs
  std::vector<SqlReads::Kept> kept;      ///< of a sql step: columns of these
  bool leaves_rows = false;              ///< its rows are rows of its first input as they are
  /// Whether parts say all of the whole, if each of `together` holds.
  bool adds_up = false;
  std::vector<Together> together;
};

Draft DraftSource(const contract::Declared& source, const contract::KindTables& kinds,
                  std::size_t index);
Draft DraftStep(const contract::Declared& step, const contract::KindTables& kinds,
                const SqlFacts& sql, std::size_t index);
Draft DraftGate(const contract::Gate& gate, const contract::KindTables& kinds, std::size_t index);
Draft DraftDataset(const contract::Dataset& dataset, const contract::KindTables& kinds,
                   std::size_t index);

}  // namespace assay::plan
