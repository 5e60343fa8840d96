/// Quality of a stream's predictions, by window of their time and by slice: batches and events read
/// together, each prediction and outcome counted once, joined by id (docs/design/0003, section 4).
///
/// The engine joins, sorts and groups, in files of the store's staging folder, and spills; in
/// memory are one group's numbers at a time and one entry for each (window, slice) pair and pair of
/// classes. Scores are read as a sorted stream. All numbers are the same for any number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/project.h"
#include "feedback/metrics.h"
#include "run/session.h"

namespace assay::feedback {

struct ReportOptions {
  std::string by = "month";  ///< `day`, `week` (ISO) or `month`, of the prediction's time in UTC
  /// Columns by which quality is told; nothing: those of the stream.
  std::optional<std::vector<std::string>> slices;
  std::string model;     ///< predictions of this model only; empty: all of the stream
  std::string model_id;  ///< another name by which predictions call `model`; empty without
  /// All count, whatever `model` is, where no prediction of the stream names a model.
  bool or_unnamed = false;
  std::string as_of;  ///< predictions and outcomes up to this moment; empty: all
};

/// The values of one window and slice.
struct Quality {
  std::string window;         ///< `2001-06-15`, `2001-W24`, `2001-06`; empty: the whole time
  std::string slice;          ///< the value; empty where a prediction has none, and without slices
  std::uint64_t rows = 0;     ///< predictions
  std::uint64_t joined = 0;   ///< of these, with an outcome that counts
  std::uint64_t waiting = 0;  ///< of these, without
  std::uint64_t early = 0;    ///< of those waiting, with an outcome from before the prediction
  std::uint64_t scored = 0;   ///< of those joined, with a score
  std::optional<double> positive_share;  ///< of outcomes among joined rows
  Values metrics;
  std::vector<ClassRow> classes;
  std::array<CalibrationBin, kBins> bins;
  /// The nearest window before this one that has outcomes, for the change; empty without.
  std::string before;
  std::optional<double> positive_share_before;
  Values metrics_before;
};

struct SliceColumn {
  std::string column;
  std::vector<Quality> slices;   ///< each value over the whole time, by its bytes
  std::vector<Quality> windows;  ///< each value in each window, by value, then window
};

struct ModelCount {
  std::string model;
  std::uint64_t predictions = 0;
};

struct Report {
  std::string stream, by, as_of, positive;
  std::string model;              ///< of which predictions count; empty: all of the stream
  std::uint64_t of_others = 0;    ///< predictions left out, since another model made them
  std::uint64_t predictions = 0;  ///< that count: one for each (model, id)
  std::uint64_t repeated = 0;     ///< equal to one that counts
  std::uint64_t conflicts = 0;    ///< of a model and id that another, earlier one has
  std::uint64_t outcomes = 0;     ///< that count: one for each id
  std::uint64_t repeated_outcomes = 0, corrected = 0;
  std::uint64_t unmatched = 0;  ///< outcomes whose id no prediction of the stream has
  std::vector<ModelCount> models;
  Quality all;
  std::vector<Quality> windows;
  std::vector<SliceColumn> slices;
  std::vector<std::string> notes;  ///< what a reader should know
};

/// The most classes, and the most values of a slice column.
inline constexpr std::uint64_t kMostClasses = 1000;

/// The store must be open. A stream without predictions is an error (kUser), as is a slice column
/// that no prediction has.
Result<Report> MakeReport(run::Session& session, const contract::FeedbackStream& stream,
                          const ReportOptions& options);

/// For programs. What is undefined is null, with its reason in `undefined`.
Json ReportJson(const Report& report);

}  // namespace assay::feedback
