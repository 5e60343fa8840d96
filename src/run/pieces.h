/// Nodes that are computed piece by piece: a source file by file, a step or a gate by the parts of
/// its input.
/// Each piece has a fingerprint of its own, so only new and changed ones are computed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/execute.h"
#include "run/prepared.h"

namespace assay::run {

struct Piece {
  std::string name;  ///< the file, or the part's key
  std::string fingerprint, manifest;
  SourceFiles files;               ///< of a source
  NodeInputs inputs;               ///< of a step or a gate
  std::optional<NodeOutput> kept;  ///< of an earlier run
  Executed made;                   ///< otherwise
};

const NodeOutput& OutputOf(const Piece& piece);

/// The pieces of a node whose result is not known as a whole; none for a node that is computed in
/// one go. `files` and `resolved` are a source's, `inputs` those of
/// a step or a gate.
Result<std::vector<Piece>> PiecesOf(const plan::Node& node, const SourceFiles& files,
                                    const plan::Resolved& resolved, const NodeInputs& inputs);

/// The table of one file, cut by what the source says: one part, or one for each month or the like.
Result<store::Table> CutIntoParts(Workspace& workspace, engine::Engine& engine,
                                  const contract::Partition& partition, const std::string& file,
                                  const store::Table& table, const std::string& source);

/// Which parts of its sources a run is about.
struct Narrowing {
  std::optional<std::int64_t> before;  ///< rows before this moment, in microseconds since 1970
  std::string first, last;  ///< keys of parts, both included; empty: from the beginning, to the end

  bool empty() const { return !before && !has_range(); }
  bool has_range() const { return !first.empty() || !last.empty(); }
  /// For the manifest of a source with this partition; empty where it is not narrowed.
  std::string TextFor(const contract::Partition& partition) const;
};

/// The rows of a source's table that the run is about. Parts without any are gone; where all are, a
/// warning tells which there were.
Result<store::Table> Narrow(Workspace& workspace, engine::Engine& engine,
                            const contract::Partition& partition, const Narrowing& narrowing,
                            const store::Table& table, const std::string& source,
                            std::vector<std::string>& warnings);

/// One result of all pieces.
Result<Executed> UnitePieces(const plan::Node& node, std::vector<Piece>& pieces);

}  // namespace assay::run
