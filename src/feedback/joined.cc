#include "feedback/joined.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "contract/mapping.h"
#include "engine/sql_text.h"
#include "store/feedback_log.h"
#include "store/file.h"

namespace assay::feedback {
namespace {

namespace fs = std::filesystem;
using engine::QuoteName;
using engine::QuoteText;

// Columns that are no features.
bool IsOwn(const std::string& name) {
  return name == "id" || name == "time" || name == "prediction" || name == "score" ||
         name == "model";
}

std::string SliceName(std::size_t i) { return "s" + std::to_string(i); }

// Rows of one kind out of batches and events, each with its place in the order of arrival:
// received, is_event, part (of its batch, or its own number), row.
class Rows {
 public:
  Rows(run::Session& session, std::string stream, std::string kind, std::vector<std::string> slices)
      : session_(session),
        stream_(std::move(stream)),
        kind_(std::move(kind)),
        slices_(std::move(slices)),
        events_(session.objects().StagingPath(".jsonl")) {}

  // A query over all of them; empty where there is none.
  Result<std::string> Query() {
    TRY(AddBatches());
    TRY(AddEvents());
    for (const std::string& slice : slices_) {
      if (slice == "model" || queries_.empty() || features_.contains(slice)) continue;
      const std::vector<std::string> known(features_.begin(), features_.end());
      return Error{ErrorCode::kUser, "no prediction has the column to slice by: " + slice,
                   known.empty() ? "predictions were imported without further columns"
                                 : contract::NearestHint(slice, known, "their columns are")};
    }
    return contract::Join(queries_, " UNION ALL BY NAME ");
  }

 private:
  bool predicts() const { return kind_ == store::kPrediction; }

  Status AddBatches() {
    TRY_ASSIGN(const auto batches, store::FeedbackLog(session_.catalog()).Batches(stream_, kind_));
    // Files whose columns differ in nothing that is asked for are read together.
    std::map<std::string, std::vector<std::size_t>> alike;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      for (const Field& field : batches[i].table.schema) {
        if (!IsOwn(field.name)) features_.insert(field.name);
      }
      alike[SliceSelect(batches[i].table.schema)].push_back(i);
    }
    for (const auto& [slices, members] : alike) {
      std::vector<fs::path> files;
      std::string received;
      std::string parts;
      for (const std::size_t i : members) {
        for (const store::FileRef& file : batches[i].table.files) {
          files.push_back(session_.objects().PathOf(file.sha256));
          received += (received.empty() ? "" : ", ") + QuoteText(batches[i].created_at);
          parts += (parts.empty() ? "" : ", ") + std::to_string(i);
        }
      }
      const std::string at = "[(file_index + 1)::BIGINT]";
      queries_.push_back("SELECT id, time, " +
                         std::string(predicts() ? "prediction, score, model" : "outcome") + slices +
                         ", [" + received + "]" + at + " AS received, 0 AS is_event, [" + parts +
                         "]" + at + "::BIGINT AS part, file_row_number::BIGINT AS row FROM " +
                         engine::ReadParquet(files, {}));
    }
    return {};
  }

  std::string SliceSelect(const Schema& schema) const {
    std::string select;
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      const bool there = FindField(schema, slices_[i]) != nullptr;
      select += ", " + (there ? QuoteName(slices_[i]) + "::VARCHAR" : "NULL::VARCHAR") + " AS " +
                SliceName(i);
    }
    return select;
  }

  // What the engine reads of an event, all as text.
  Json EventRow(const store::FeedbackEvent& event) {
    Json row{{"id", event.id},
             {"time", event.at},
             {"received", event.received_at},
             {"part", std::to_string(event.seq)}};
    if (!predicts()) {
      row["outcome"] = event.body.value("outcome", "");
      return row;
    }
    row["prediction"] = event.body.value("prediction", "");
    row["model"] = event.model;
    if (event.body.contains("score")) row["score"] = event.body["score"];
    const Json features = event.body.value("features", Json::object());
    for (const auto& [name, value] : features.items()) features_.insert(name);
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      if (slices_[i] == "model") {
        row[SliceName(i)] = event.model;
      } else if (const auto value = features.find(slices_[i]); value != features.end()) {
        row[SliceName(i)] = value->is_string() ? *value : Json(value->dump());
      }
    }
    return row;
  }

  Status AddEvents() {
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    TRY_ASSIGN(store::File file, store::File::Open(events_.path(), O_WRONLY | O_CREAT | O_TRUNC));
    std::string block;
    std::uint64_t count = 0;
    const auto write = [&](const store::FeedbackEvent& event) -> Status {
      block += EventRow(event).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
      ++count;
      if (block.size() < kBlock) return {};
      TRY(file.Write(block));
      block.clear();
      return {};
    };
    TRY(store::FeedbackLog(session_.catalog()).EachEvent(stream_, kind_, write));
    if (count == 0) return {};
    TRY(file.Write(block));
    std::string columns = "id: 'VARCHAR', time: 'VARCHAR', received: 'VARCHAR', part: 'VARCHAR'";
    std::string select = "id, (time::TIMESTAMPTZ AT TIME ZONE 'UTC') AS time";
    if (predicts()) {
      columns += ", prediction: 'VARCHAR', score: 'VARCHAR', model: 'VARCHAR'";
      select += ", prediction, score::DOUBLE AS score, model";
    } else {
      columns += ", outcome: 'VARCHAR'";
      select += ", outcome";
    }
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      columns += ", " + SliceName(i) + ": 'VARCHAR'";
      select += ", " + SliceName(i);
    }
    queries_.push_back("SELECT " + select +
                       ", received, 1 AS is_event, part::BIGINT AS part, 0::BIGINT AS row "
                       "FROM read_json(" +
                       QuoteText(events_.path().string()) +
                       ", format = 'newline_delimited', columns = {" + columns + "})");
    return {};
  }

  run::Session& session_;
  const std::string stream_, kind_;
  const std::vector<std::string> slices_;
  const store::StagedFile events_;
  std::vector<std::string> queries_;
  std::set<std::string> features_;
};

constexpr auto kArrival = "received, is_event, part, row";
constexpr auto kArrivalBackwards = "received DESC, is_event DESC, part DESC, row DESC";

std::string UpTo(const std::string& as_of) {
  if (as_of.empty()) return "";
  return " WHERE time <= (" + QuoteText(as_of) + "::TIMESTAMPTZ AT TIME ZONE 'UTC')";
}

// Every prediction, with its place among those of its model and id, and whether it says the same
// as the first.
std::string RankedPredictions(const std::string& rows, const std::string& slices,
                              const std::string& as_of) {
  std::string same;
  for (const char* const column : {"time", "prediction", "score"}) {
    same += (same.empty() ? "" : " AND ") + std::string(column) +
            " IS NOT DISTINCT FROM first_value(" + column + ") OVER known";
  }
  return "SELECT id, time, prediction, score, model" + slices +
         ", row_number() OVER known AS place, " + same + " AS same FROM (" + rows + ")" +
         UpTo(as_of) + " WINDOW known AS (PARTITION BY model, id ORDER BY time, " + kArrival + ")";
}

std::string RankedOutcomes(const std::string& rows, const std::string& as_of) {
  return std::string("SELECT id, time, outcome, row_number() OVER (PARTITION BY id ORDER BY ") +
         "time DESC, " + kArrivalBackwards +
         ") AS place, row_number() OVER (PARTITION BY id, time, outcome ORDER BY " + kArrival +
         ") AS copy FROM (" + rows + ")" + UpTo(as_of);
}

std::uint64_t CountIn(const engine::Grid& grid, std::size_t column) {
  return std::strtoull(grid.rows.at(0).at(column).value_or("0").c_str(), nullptr, 10);
}

Status Copy(engine::Engine& engine, const std::string& query, const fs::path& to) {
  const auto rows = engine.CopyToParquet(query, to);
  return rows.ok() ? Status() : Status(rows.error());
}

std::string From(const fs::path& file) { return engine::ReadParquet({file}, {}); }

std::string IsOfModel(const JoinRequest& request) {
  std::string sql = "model = " + QuoteText(request.model);
  if (!request.model_id.empty()) sql += " OR model = " + QuoteText(request.model_id);
  return "(" + sql + ")";
}

// Whether some prediction names a model of its own, not that which the stream gives to all others.
Result<bool> NamesModels(engine::Engine& engine, const fs::path& predictions,
                         const contract::FeedbackStream& stream) {
  TRY_ASSIGN(const engine::Grid grid, engine.Query("SELECT count(*) FROM " + From(predictions) +
                                                   " WHERE model <> " + QuoteText(stream.model)));
  return CountIn(grid, 0) > 0;
}

}  // namespace

Result<JoinCounts> WriteJoined(run::Session& session, const contract::FeedbackStream& stream,
                               const JoinRequest& request, const fs::path& to) {
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  std::string slices;
  for (std::size_t i = 0; i < request.slices.size(); ++i) slices += ", " + SliceName(i);

  const store::StagedFile predictions(session.objects().StagingPath(".parquet"));
  {
    Rows rows(session, stream.name, store::kPrediction, request.slices);
    TRY_ASSIGN(const std::string query, rows.Query());
    if (query.empty()) {
      return Error{ErrorCode::kUser, "no prediction of this stream is there yet: " + stream.name,
                   "`assay feedback import FILE` imports some"};
    }
    TRY_ASSIGN(
        const std::uint64_t ignored,
        engine->CopyToParquet(RankedPredictions(query, slices, request.as_of), predictions.path()));
    (void)ignored;
  }
  const store::StagedFile outcomes(session.objects().StagingPath(".parquet"));
  {
    Rows rows(session, stream.name, store::kOutcome, {});
    TRY_ASSIGN(std::string query, rows.Query());
    if (query.empty()) {
      query =
          "SELECT ''::VARCHAR AS id, NULL::TIMESTAMP AS time, ''::VARCHAR AS outcome, "
          "'' AS received, 0 AS is_event, 0 AS part, 0 AS row WHERE false";
    }
    TRY(Copy(*engine, RankedOutcomes(query, request.as_of), outcomes.path()));
  }

  JoinCounts counts;
  counts.is_of_model = !request.model.empty();
  if (counts.is_of_model && request.or_unnamed) {
    TRY_ASSIGN(counts.is_of_model, NamesModels(*engine, predictions.path(), stream));
  }
  const std::string of_model = counts.is_of_model ? IsOfModel(request) : "true";
  TRY_ASSIGN(const engine::Grid predicted,
             engine->Query("SELECT count(*) FILTER (place = 1), count(*) FILTER (place > 1 AND "
                           "same), count(*) FILTER (NOT same) FROM " +
                           From(predictions.path()) + " WHERE " + of_model));
  TRY_ASSIGN(const engine::Grid others,
             engine->Query("SELECT count(*) FILTER (place = 1) FROM " + From(predictions.path()) +
                           " WHERE NOT " + of_model));
  counts.of_others = CountIn(others, 0);
  counts.predictions = CountIn(predicted, 0);
  counts.repeated = CountIn(predicted, 1);
  counts.conflicts = CountIn(predicted, 2);
  TRY_ASSIGN(const engine::Grid came,
             engine->Query("SELECT count(*) FILTER (place = 1), count(*) FILTER (copy > 1), "
                           "count(*) FILTER (copy = 1) - count(*) FILTER (place = 1) FROM " +
                           From(outcomes.path())));
  counts.outcomes = CountIn(came, 0);
  counts.repeated_outcomes = CountIn(came, 1);
  counts.corrected = CountIn(came, 2);
  TRY_ASSIGN(const engine::Grid alone,
             engine->Query("SELECT count(*) FROM " + From(outcomes.path()) +
                           " o WHERE place = 1 AND NOT EXISTS (SELECT 1 FROM " +
                           From(predictions.path()) + " p WHERE p.id = o.id)"));
  counts.unmatched = CountIn(alone, 0);

  // An outcome from before the prediction is not what came of it.
  TRY_ASSIGN(const std::uint64_t joined,
             engine->CopyToParquet(
                 "SELECT p.time, model, prediction, score, CASE WHEN o.time >= p.time THEN outcome "
                 "END AS outcome, coalesce(o.time < p.time, false) AS early" +
                     slices + " FROM (SELECT * FROM " + From(predictions.path()) +
                     " WHERE place = 1 AND " + of_model +
                     ") p LEFT JOIN (SELECT id, time, outcome "
                     "FROM " +
                     From(outcomes.path()) + " WHERE place = 1) o ON p.id = o.id",
                 to));
  if (joined == counts.predictions) return counts;
  return Error{ErrorCode::kInternal,
               "predictions joined are not the predictions that count: " + std::to_string(joined) +
                   " of " + std::to_string(counts.predictions),
               ""};
}

}  // namespace assay::feedback
