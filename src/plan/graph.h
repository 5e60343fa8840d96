/// The project as a directed acyclic graph of nodes. Pure: no file, no engine, no catalog.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/project.h"

namespace assay::plan {

enum class NodeType { kSource, kStep, kGate, kDataset };

std::string NodeTypeText(NodeType type);

/// Index of a node in its graph.
using NodeId = std::size_t;

struct Input {
  std::string name;  ///< as written: `unique`, `plausible.refused`
  NodeId node = 0;
  std::string output;  ///< empty for what passed, else `refused`, `train`, ...
};

struct Node {
  std::string name;
  NodeType type = NodeType::kSource;
  std::string kind;  ///< `parquet`, `sql`, `gate`, `dataset`
  int version = 1;   ///< of the kind
  bool uses_engine = true;
  std::vector<Input> inputs;  ///< of a gate: what it judges, then what its checks compare with
  /// What of the declaration enters the fingerprint: name -> canonical text, sorted by name.
  std::map<std::string, std::string> params;
  /// What the commit tells of the declaration though it changes no row: owners, licences.
  std::string notes;
  bool refuses = false;        ///< has the output `refused`
  bool keeps_ledger = false;   ///< has the output `ledger`, where that is read at least
  bool writes_ledger = false;  ///< has it for certain
  contract::Execution execution;
  bool row_local = false;  ///< each of its rows is made of one row of its input
  /// How its table is cut into parts, if it is. Parts by value are those of a column that has been
  /// left alone since the source.
  std::optional<contract::Partition> parts;
  /// Its input whose parts it is computed by: the union of the answers is the answer.
  std::optional<std::size_t> by_part;
  /// Its rows are not written: the steps that read it compute them (docs/design/0006).
  bool fused = false;
  std::size_t declared = 0;  ///< index among the project's sources, steps, gates or datasets
  contract::Place place;
};

struct Graph {
  std::vector<Node> nodes;  ///< every node stands behind its inputs

  const Node* Find(const std::string& name) const;
};

/// What a parser said about a step's SQL text.
struct SqlReads {
  struct Read {
    std::string name;
    contract::Place place;
  };
  std::vector<Read> tables;
  std::string tree;        ///< `sqltree/1` id; enters the fingerprint in place of the text
  bool row_local = false;  ///< each row is made of one row of the one table it reads
  /// Tables over whose parts it distributes: the union of the answers is the answer.
  std::vector<std::string> distributes = {};
  /// Of those, the columns that come through as they are; `*` for all.
  struct Kept {
    std::string table, column, as;
  };
  std::vector<Kept> kept = {};
};

/// SQL of steps that have one: step name -> reads. A step whose text the parser does not take is
/// absent; it needs `inputs:`.
using SqlFacts = std::map<std::string, SqlReads>;

/// Builds the graph. Unknown inputs and cycles go to `diagnostics` with their place.
std::optional<Graph> BuildGraph(const contract::Project& project, const contract::KindTables& kinds,
                                const SqlFacts& sql, contract::Diagnostics& diagnostics);

}  // namespace assay::plan
