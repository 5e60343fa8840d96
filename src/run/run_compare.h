/// Two runs side by side: what came out otherwise, and how much longer it took. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/run_record.h"

namespace assay::run {

/// A table that one or both runs left, by the content ids of its rows; empty where it was not made.
struct OutputPair {
  std::string name;  ///< empty for what passed, or `refused`
  std::string a, b;

  bool is_changed() const { return a != b; }
};

/// A check of a gate that both runs judged, with another verdict.
struct CheckPair {
  std::string gate, check, a, b;
  std::string observed_a, observed_b;
};

struct NodePair {
  std::string name;
  std::optional<store::NodeRun> a, b;  ///< nothing where the run had no such node
  std::vector<OutputPair> outputs;     ///< of nodes of both runs that tell of outputs

  bool has_new_content() const;
  /// b's seconds divided by a's; nothing unless both ran, and where both took less than 10 ms.
  std::optional<double> slowdown() const;
  /// Nothing about it is another one but its time.
  bool is_alike() const;
};

struct VersionPair {
  std::string dataset;
  std::optional<RunVersion> a, b;

  bool is_alike() const;
};

struct RunComparison {
  RunRecord a, b;
  std::vector<NodePair> nodes;  ///< in the order of b; those of a alone behind what precedes them
  std::vector<VersionPair> versions;  ///< by dataset
  std::vector<CheckPair> checks;
};

/// Tables are compared by the content that the records name: a node of an old program that tells
/// of none has no outputs. Checks are compared where both runs judged.
RunComparison CompareRuns(RunRecord a, RunRecord b);

/// How long a run took by its first and last moment, in whole seconds; nothing while it runs.
std::optional<double> SecondsOf(const store::RunRow& run);
/// The same as people read it: `11.0 s`, `less than 1 s`; empty while it runs.
std::string SecondsOfText(const store::RunRow& run);

/// `{"a", "b", "nodes", "versions", "checks"}`; sides that are not there are null.
Json RunComparisonJson(const RunComparison& comparison);

}  // namespace assay::run
