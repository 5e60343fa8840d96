/// Predictions, outcomes and requests as they came in: batches (a file each) and single events, in
/// the catalog (docs/design/0003, sections 4 and 7). Knows no stream's declaration and joins
/// nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "store/catalog.h"
#include "store/table.h"

namespace assay::store {

/// Values of `kind`.
inline constexpr auto kPrediction = "prediction";
inline constexpr auto kOutcome = "outcome";
inline constexpr auto kRequest = "request";

struct FeedbackBatch {
  std::string stream, kind;
  std::string sha256;    ///< of the file that was imported
  Table table;           ///< the stored rows
  std::string location;  ///< of the file, as a receipt tells it
  std::string created_at;
};

struct FeedbackEvent {
  std::string stream, kind;
  std::string id, model;
  std::string at;           ///< the event's own time, UTC
  Json body;                ///< canonical: it and nothing else tells one event from another
  std::string received_at;  ///< UTC, whole seconds; set by the log
  std::int64_t seq = 0;     ///< order of arrival; set by the log
};

/// A view of a catalog, which must outlive it. What `Put...` returned is on disk, unless the
/// caller has a transaction open: then when that commits.
class FeedbackLog {
 public:
  explicit FeedbackLog(Catalog& catalog) : catalog_(catalog) {}

  /// The batch of a file, by its sha256; with an empty kind, of any.
  Result<std::optional<FeedbackBatch>> FindBatch(const std::string& stream, const std::string& kind,
                                                 const std::string& sha256);
  /// False when a batch of this stream, kind and file is there already.
  Result<bool> PutBatch(const FeedbackBatch& batch);
  /// In the order in which they came; "" stands for every stream, every kind.
  Result<std::vector<FeedbackBatch>> Batches(const std::string& stream, const std::string& kind);

  /// Puts all events in one transaction (the caller's, if one is open). For each: true when it is
  /// new, false when the same one (stream, kind, body) was there.
  Result<std::vector<bool>> PutEvents(const std::vector<FeedbackEvent>& events);
  /// Calls `take` with each event in order of arrival, until it fails.
  Status EachEvent(const std::string& stream, const std::string& kind,
                   const std::function<Status(const FeedbackEvent&)>& take);
  /// How many events of each stream and kind there are.
  struct EventCount {
    std::string stream, kind;
    std::uint64_t events = 0;
    std::string first_at, last_at;  ///< by the events' own time
    std::string received_at;        ///< of the newest
  };
  Result<std::vector<EventCount>> EventCounts();

 private:
  Catalog& catalog_;
};

}  // namespace assay::store
