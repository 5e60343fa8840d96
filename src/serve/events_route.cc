#include <algorithm>

#include "run/run_record.h"
#include "serve/event_text.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

constexpr std::int64_t kMostSeq = (std::int64_t{1} << 53) - 1;

Result<Answer> Events(const Call& call) {
  const bool follow =
      call.arguments.has("follow") ? call.arguments.Bool("follow") : call.wants_events;
  if (follow && !call.wants_events) {
    return ErrorAnswer(406, {ErrorCode::kUser, "only an event stream can be followed",
                             "send `Accept: text/event-stream`"});
  }
  // A stream that was cut goes on where it was.
  const std::int64_t after =
      call.wants_events && call.last_event ? *call.last_event : call.arguments.Integer("after");
  Answer answer;
  if (call.wants_events) {
    answer.content_type = "text/event-stream";
    answer.body = kStreamHead;
  }
  if (follow) {
    answer.follow_after = after;
    return answer;
  }
  std::vector<store::EventRow> events;
  if (call.session->has_catalog()) {
    const int limit = static_cast<int>(call.arguments.Integer("limit"));
    TRY_ASSIGN(events, call.session->catalog().EventsAfter(after, limit));
  }
  if (call.wants_events) {
    for (const store::EventRow& event : events) answer.body += EventText(event);
    return answer;
  }
  Json list = Json::array();
  for (const store::EventRow& event : events) list.push_back(run::EventJson(event));
  return JsonAnswer(list);
}

}  // namespace

RouteKind events_route() {
  const Json event = ObjectSchema({{"seq", IntegerSchema("grows by the event")},
                                   {"at", TextSchema()},
                                   {"type", TextSchema("run.started, node.finished, ...")},
                                   {"run", TextSchema()},
                                   {"body", Json::object()}});
  return {.name = "events",
          .summary = "What happened, in order; nothing is ever taken out",
          .routes = {{.method = "GET",
                      .path = "/v1/events",
                      .operation = "listEvents",
                      .summary = "Events as a list, or with `Accept: text/event-stream` as "
                                 "server-sent events, whose `Last-Event-ID` stands above `after`",
                      .parameters = {{.name = "after",
                                      .type = ValueType::kInteger,
                                      .summary = "only events with a greater `seq`",
                                      .by_default = Json(0),
                                      .least = 0,
                                      .most = kMostSeq},
                                     {.name = "limit",
                                      .type = ValueType::kInteger,
                                      .summary = "how many at most; a followed stream has all",
                                      .by_default = Json(1000),
                                      .least = 1,
                                      .most = 10'000},
                                     {.name = "follow",
                                      .type = ValueType::kBool,
                                      .summary = "whether the stream stays open for events to "
                                                 "come: an event stream does unless told, a list "
                                                 "cannot"}},
                      .answer = ListSchema(event),
                      .other_types = {"text/event-stream"},
                      .handle = Events}}};
}

}  // namespace assay::serve
