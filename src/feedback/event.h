/// Single events as programs send them: checked whole and brought to the form that is stored. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/project.h"
#include "store/feedback_log.h"

namespace assay::feedback {

/// The largest event that is taken, as canonical JSON.
inline constexpr std::size_t kMaxEventBytes = std::size_t{64} << 10;
/// The most events of one request.
inline constexpr std::size_t kMaxEvents = 10'000;

/// Reads `{"id", "time", "prediction"}` with `score`, `model`, `features` where they are there, or
/// `{"id", "time", "outcome"}`. `id` is text or a whole number, `time` a moment as text (UTC where
/// no zone is told), `score` a number from 0 to 1, `features` an object of single values under
/// ASCII names. Anything missing, of another type or unknown is an error (kData).
///
/// The body that is kept has the same members: the id as text, the time in UTC, the class as
/// `contract::ClassText`, numbers that are no integers as text, null features left out. So one
/// event in two spellings is one event.
Result<store::FeedbackEvent> ParseEvent(const Json& json, const contract::FeedbackStream& stream);

/// Reads `{"stream": NAME, "events": [...]}`; `stream` may be left out where there is one. An error
/// names the event: `/events/3: score is not between 0 and 1: 1.5`. Nothing is taken then.
Result<std::vector<store::FeedbackEvent>> ParseEvents(
    const Json& json, const std::vector<contract::FeedbackStream>& streams);

/// A row that the server prepared, as an event of kind `request`: what was asked, what was answered
/// and by which version, held against the pipeline's rows later. `id` is text or a whole number;
/// `time` is UTC. Rows are kept as JSON texts, since an event has no fractions.
Result<store::FeedbackEvent> RequestEvent(const contract::FeedbackStream& stream, const Json& id,
                                          const std::string& time, const std::string& commit,
                                          const Json& row, const Json& prepared);

/// The stream of this name, or with an empty name the only one; an error (kUser) that says what to
/// write in assay.yaml where there is none.
Result<contract::FeedbackStream> FindStream(const std::vector<contract::FeedbackStream>& streams,
                                            const std::string& name);

}  // namespace assay::feedback
