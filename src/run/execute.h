/// Runs one node: staging, verification, store. Records nothing; that is the runner's transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/node_output.h"
#include "run/prepared.h"
#include "run/session.h"

namespace assay::run {

struct Executed {
  NodeOutput output;
  std::uint64_t rows_in = 0, rows_out = 0, rows_refused = 0;
  std::optional<store::QuarantineRow> quarantine;  ///< gate and rows; ids are filled in later
  std::vector<std::string> warnings;
  std::string note;  ///< how it ran, where that is not plain: `one thread, because of LIMIT`
};

/// Tables of a node's inputs, in declared order.
using InputTables = std::vector<store::Table>;

Result<Executed> ExecuteSource(Session& session, const contract::Declared& source,
                               const SourceFiles& files);
Result<Executed> ExecuteStep(Session& session, const contract::Declared& step,
                             const plan::Node& node, const InputTables& inputs);
/// `now_micros` is when it is judged, since 1970 in UTC.
Result<Executed> ExecuteGate(Session& session, const contract::Gate& gate, const plan::Node& node,
                             const InputTables& inputs, std::int64_t now_micros);

/// Whether a table may have columns that Assay keeps for itself, as refused rows do.
enum class Columns { kOfUser, kWithOurs };

/// Writes a query's rows as a stored table: written to staging, read back and compared with what
/// was asked for, adopted. `what` names it in errors.
Result<store::Table> StoreTable(Session& session, engine::Engine& engine, const std::string& query,
                                const std::string& what, Columns columns = Columns::kOfUser);

/// Content id and row count of stored files.
Result<store::Table> DescribeTable(Session& session, engine::Engine& engine,
                                   std::vector<store::FileRef> files);

}  // namespace assay::run
