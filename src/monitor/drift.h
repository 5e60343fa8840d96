/// Drift: how far the columns of one table are from those of a reference. From the rows, through
/// the engine, or from two stored profiles, without it. The words are those of docs/concepts.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "engine/engine.h"
#include "monitor/drift_rule.h"
#include "stats/profile.h"

namespace assay::monitor {

/// One side of a comparison.
struct DriftSide {
  std::string name;     ///< as people know it: `flights_train@v1`
  std::string version;  ///< id; empty for rows that are no version
  Schema schema;
  std::string label;  ///< column; empty for none
  std::uint64_t rows = 0;
  std::string sql;  ///< table expression; empty where only a profile is at hand
  /// The profiles of the parts that have rows, each with all columns; empty where there are none.
  std::vector<std::vector<stats::ColumnProfile>> profiles;
};

enum class DriftFrom {
  kAuto,     ///< the profile where it is exact or the method is a distance, else the rows
  kData,     ///< the rows
  kProfile,  ///< the profile; a column it has too little of is not judged
};

struct DriftOptions {
  std::vector<std::string> columns;  ///< empty: all
  DriftFrom from = DriftFrom::kAuto;
  std::map<std::string, DriftMethod> methods;  ///< by column; the others by `ChooseMethod`
  std::map<std::string, double> thresholds;    ///< by column; the others by `DefaultThreshold`
  double drift_share = 0.5;                    ///< of drifted columns that is `data_drift`
};

struct SideCounts {
  std::uint64_t rows = 0, nulls = 0;
  std::uint64_t not_finite = 0;  ///< NaN and infinities: left out like nulls
  bool operator==(const SideCounts&) const = default;
};

/// A bar of a histogram: one value, or numbers from one edge to the next.
struct DriftBin {
  std::string label;
  std::uint64_t reference = 0, current = 0;  ///< rows
  bool operator==(const DriftBin&) const = default;
};

struct ColumnDrift {
  std::string column;
  ColumnKind kind = ColumnKind::kOther;
  std::optional<DriftMethod> method;  ///< none: not compared, `note` says why
  /// What is held against the threshold: p of a test, else the distance.
  std::optional<double> statistic;
  std::optional<double> threshold;
  bool drifted = false;
  std::string from;  ///< `data` or `profile`
  std::string note;  ///< what else a reader must know; empty for nothing
  SideCounts reference, current;
  std::vector<DriftBin> bins;  ///< of numbers at most 20, of categories the 10 largest and the rest

  /// Compared and found the same or drifted.
  bool judged() const { return drifted || statistic.has_value(); }
  bool operator==(const ColumnDrift&) const = default;
};

struct SchemaChange {
  std::string column;
  std::string before, after;  ///< types; empty where the column is not there
  bool operator==(const SchemaChange&) const = default;
};

struct DriftReport {
  std::string reference, current;  ///< names
  std::string reference_version, current_version;
  std::string split;  ///< empty: all rows
  std::uint64_t reference_rows = 0, current_rows = 0;
  double drift_share = 0.5;
  std::vector<ColumnDrift> columns;  ///< without the label; in schema order
  std::optional<ColumnDrift> label;
  std::vector<SchemaChange> schema;  ///< added, removed, retyped

  std::size_t judged_columns() const;
  std::size_t drifted_columns() const;
  /// The share of drifted among judged columns reaches `drift_share`.
  bool data_drift() const;
  bool label_drift() const { return label && label->drifted; }
  bool schema_drift() const { return !schema.empty(); }
  bool drifted() const { return data_drift() || label_drift() || schema_drift(); }
  bool operator==(const DriftReport&) const = default;
};

/// Opens the engine; called only when rows are read.
using EngineSource = std::function<Result<engine::Engine*>()>;

/// Compares two tables. Columns that only one has or whose types differ are schema drift and are
/// not compared. Works column by column: the memory is the engine's, and beside it 16 bytes for
/// each distinct value that both sides have in the column at hand. The numbers do not depend on the
/// order of rows or on threads. A column that is not there, in `columns` or with a method of its
/// own, is kUser.
Result<DriftReport> FindDrift(const DriftSide& reference, const DriftSide& current,
                              const DriftOptions& options, const EngineSource& engine);

/// The value of a stored text `assay.drift/1` (docs/reference/drift.md); numbers that are not whole
/// are strings.
Json DriftJson(const DriftReport& report);
/// Reads what `DriftJson` wrote; anything else is kData.
Result<DriftReport> ParseDriftJson(const Json& json);

}  // namespace assay::monitor
