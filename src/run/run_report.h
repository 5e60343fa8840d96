/// What a run tells of itself when it has ended.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "store/table.h"

namespace assay::run {

/// A table that a node read or made.
struct TableNote {
  std::string name;  ///< `unique`, `refused`; empty for what passed
  std::string content_id;
  std::uint64_t rows = 0, bytes = 0;
  std::string lineage{};  ///< how its rows can be traced: `join`, `none: GROUP BY`; may be empty
};

TableNote NoteOf(const std::string& name, const store::Table& table);

/// Something told of a node while it went on.
struct LogLine {
  std::string at;  ///< UTC, with milliseconds
  std::string text;
};

struct NodeReport {
  std::string name, type, kind;
  std::size_t place = 0;  ///< in the graph
  std::string status;     ///< ran | cached | failed | skipped | cancelled
  std::string verdict;    ///< gates: pass | warn | fail
  std::string reason;     ///< why it ran, was skipped, or the note on how it ran
  std::string error, hint;
  int exit = 0;  ///< status that this node's failure stands for
  std::uint64_t rows_in = 0, rows_out = 0, rows_refused = 0;
  int attempts = 1;
  double seconds = 0;
  std::uint64_t peak_buffer_bytes = 0;
  std::string engine;      ///< `duckdb 1.5.5`, where one was used
  std::string started_at;  ///< UTC, with milliseconds; empty for a node that did not run
  std::vector<TableNote> inputs, outputs;
  std::vector<LogLine> log;
  Json verdict_body;  ///< of a gate, also when cached
  std::vector<std::string> warnings;
  std::vector<std::string> examples;  ///< of refused rows: `data/a.csv row 3: range_delay`
};

struct DatasetReport {
  std::string name, version, commit, ref;
  std::string status;   ///< new | unchanged | same-content
  std::string same_as;  ///< with same-content: the number it has, `v2`
  std::vector<std::pair<std::string, std::uint64_t>> splits;
};

struct RunReport {
  std::string run;
  std::string environment;  ///< whose values the project's variables had; empty without
  std::string status;       ///< done | nothing-to-do | gate-failed | failed | cancelled
  int exit = 0;
  double seconds = 0;
  std::vector<NodeReport> nodes;  ///< in the order of the graph, without those left alone
  std::vector<DatasetReport> datasets;
};

/// `[{"name", "content", "rows", "bytes", "lineage"}]`
Json TablesJson(const std::vector<TableNote>& tables);
/// `[{"at", "text"}]`
Json LogJson(const std::vector<LogLine>& log);

/// What `assay run --json` prints.
Json RunReportJson(const RunReport& report);

/// What a node's record tells beside the columns that it has in the catalog:
/// {"type", "engine", "started_at", "attempts", "inputs": [{"name", "content", "rows", "bytes",
/// "lineage"}], "outputs": [...], "log": [{"at", "text"}], "warnings": [...], "examples": [...],
/// "hint"}; empty ones are left out.
Json NodeDetailJson(const NodeReport& report);

/// Says how the run as a whole ended, from its nodes.
void Conclude(RunReport& report);

}  // namespace assay::run
