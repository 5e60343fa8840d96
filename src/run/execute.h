/// Runs one node: staging, verification, store. Records nothing; that is the runner's transaction.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/node_output.h"
#include "run/prepared.h"
#include "run/workspace.h"

namespace assay::run {

struct Executed {
  NodeOutput output;
  std::uint64_t rows_in = 0, rows_out = 0, rows_refused = 0;
  std::optional<store::QuarantineRow> quarantine;  ///< gate and rows; ids are filled in later
  Json schema_drift =
      nullptr;                ///< of a source: how its columns differ from those of the load before
  Json departures = nullptr;  ///< of a source: how its columns differ from those declared
  std::string declared_in;    ///< where these are
  Json coercions = nullptr;   ///< how what was done to values differs from the load before
  std::vector<std::string> warnings;
  std::vector<std::string> examples;  ///< refused rows: `data/a.csv row 3: range_delay`
  std::string note;  ///< how it ran, where that is not plain: `one thread, because of LIMIT`
};

struct FusedStep;

/// What a node reads: a stored table, or, of a step, another step that is computed with it.
struct NodeInput {
  std::string name;  ///< as the project writes it: `unique`, `plausible.refused`
  store::Table table;
  /// In place of the table. All steps that read it share it.
  std::shared_ptr<const FusedStep> fused;
};

/// A step whose rows are not written (docs/design/0006).
struct FusedStep {
  const contract::Declared& step;
  std::string fingerprint;  ///< of the step alone, whatever it reads
  std::vector<NodeInput> inputs;
};

/// The inputs of a node, in declared order.
using NodeInputs = std::vector<NodeInput>;

/// The stored tables among the inputs, and those that fused steps read.
std::vector<const store::Table*> StoredTables(const NodeInputs& inputs);

Result<Executed> ExecuteSource(Workspace& workspace, const contract::Declared& source,
                               const SourceFiles& files);
/// `with_ledger`: what it does to values is counted as well.
Result<Executed> ExecuteStep(Workspace& workspace, const contract::Declared& step,
                             const NodeInputs& inputs, bool with_ledger);
/// `now_micros` is when it is judged, since 1970 in UTC.
Result<Executed> ExecuteGate(Workspace& workspace, const contract::Gate& gate,
                             const NodeInputs& inputs, std::int64_t now_micros);
/// The same part by part, for a gate whose parts add up: what was counted in the part stands for
/// its verdict.
Result<Executed> ExecuteGatePart(Workspace& workspace, const contract::Gate& gate,
                                 const NodeInputs& inputs, std::int64_t now_micros);
/// Judges what the parts come to. `done` has the rows of all.
Status JudgeUnited(Workspace& workspace, const contract::Gate& gate, const NodeInputs& inputs,
                   std::int64_t now_micros, const std::vector<Json>& part_verdicts, Executed& done);

/// Whether a table may have columns that Assay keeps for itself, as refused rows do.
enum class Columns { kOfUser, kWithOurs };

/// Writes a query's rows as a stored table: written to staging, read back and compared with what
/// was asked for, adopted. `what` names it in errors.
Result<store::Table> StoreTable(Workspace& workspace, engine::Engine& engine,
                                const std::string& query, const std::string& what,
                                Columns columns = Columns::kOfUser);

/// Tables of which no row may come up twice, with the column that has their ids; empty where there
/// is none.
using Once = std::vector<std::pair<std::string, std::string>>;
/// The columns with the ids of these tables.
Once OnceIn(const engine::Trace& trace, const std::vector<std::string>& tables);
/// An error where a row of such a table comes up twice among the rows of `from`: the cardinality of
/// a join is not the declared one. `what` names it.
Status CheckOnce(engine::Engine& engine, const Once& once, const std::string& from,
                 const std::string& what);

/// A query that says where its rows come from.
struct TracedRows {
  std::string query;
  std::size_t ids = 0;  ///< how many of its last columns are ids, and none of the table's
  std::shared_ptr<const store::Lineage> lineage;
  bool may_multiply = true;  ///< false: an error when no column of ids is without repeats
  Once once = {};
};
Result<store::Table> StoreTraced(Workspace& workspace, engine::Engine& engine,
                                 const TracedRows& rows, const std::string& what,
                                 Columns columns = Columns::kOfUser);

/// In a join one table at least is only looked up in: each of its rows that took part did so once.
/// Else rows multiply, an accident more often than not, and this is an error. `from` is a table
/// expression with the columns of ids that `lineage` names.
Status CheckLookUp(engine::Engine& engine, const store::Lineage& lineage, const std::string& from,
                   const std::string& what);

/// Names that a node's table may have: none of ours, none twice.
Status CheckColumnNames(const Schema& schema, const std::string& what,
                        Columns columns = Columns::kOfUser);

/// A table, called `input`, less some of its rows, as `what` has it. `dropped` is a query of them:
/// all columns, then `file_index` and `file_row_number`. Where few go the files stay and the places
/// of the rows are stored, else the rest is written anew (docs/design/0006).
Result<store::Table> WithoutRows(Workspace& workspace, engine::Engine& engine,
                                 const std::string& input, const store::Table& table,
                                 const std::string& dropped, const std::string& what);

/// Content id and row count of stored files.
Result<store::Table> DescribeTable(Workspace& workspace, engine::Engine& engine,
                                   std::vector<store::FileRef> files);

}  // namespace assay::run
