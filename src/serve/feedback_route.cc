#include <algorithm>

#include "feedback/event.h"
#include "feedback/report.h"
#include "serve/route.h"
#include "store/feedback_log.h"

namespace assay::serve {
namespace {

// What is wrong with a client's events is the client's to mend.
Answer Refuse(const contract::Project& project, const Json& body, const Error& error) {
  if (error.code == ErrorCode::kData) {
    return ErrorAnswer({ErrorCode::kUser, error.message, error.hint});
  }
  if (project.feedback.empty()) return NotReady(error);
  return body.contains("stream") ? NotFound(error) : ErrorAnswer(error);
}

Result<Answer> Take(const Call& call) {
  const auto project = ReadProject(*call.session);
  if (!project.ok()) return NotReady(project.error());
  const auto events = feedback::ParseEvents(call.body, project->feedback);
  if (!events.ok()) return Refuse(*project, call.body, events.error());
  const auto catalog = call.session->NeedCatalog();
  if (!catalog.ok()) return NotReady(catalog.error());
  // One transaction, on disk when it returns; the answer is the receipt.
  TRY_ASSIGN(const auto is_new, store::FeedbackLog(**catalog).PutEvents(*events));
  const auto added = std::count(is_new.begin(), is_new.end(), true);
  return JsonAnswer(
      Json{{"new", added}, {"known", static_cast<std::int64_t>(is_new.size()) - added}});
}

std::vector<std::string> CutAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Result<Answer> Report(const Call& call) {
  const auto project = ReadProject(*call.session);
  if (!project.ok()) return NotReady(project.error());
  const auto stream = feedback::FindStream(project->feedback, call.arguments.Text("stream"));
  if (!stream.ok()) return NotFound(stream.error());
  if (const auto catalog = call.session->NeedCatalog(); !catalog.ok()) {
    return NotFound(catalog.error());
  }
  feedback::ReportOptions options;
  options.by = call.arguments.Text("by");
  if (call.arguments.has("slice")) options.slices = CutAtCommas(call.arguments.Text("slice"));
  if (call.arguments.has("model")) options.model = call.arguments.Text("model");
  const auto report = feedback::MakeReport(*call.session, *stream, options);
  if (!report.ok()) return NotFound(report.error());
  return JsonAnswer(feedback::ReportJson(*report));
}

// A prediction, or an outcome.
Json EventSchema() {
  const Json id = IdSchema();
  Json time = TextSchema("a moment; UTC where no zone is told");
  time["format"] = "date-time";
  const Json single{{"type", Json::array({"string", "number", "boolean"})}, {"minLength", 1}};
  Json prediction = ObjectSchema({{"id", id}, {"time", time}, {"prediction", single}});
  prediction["properties"]["score"] =
      Json{{"type", Json::array({"number", "null"})}, {"minimum", 0}, {"maximum", 1}};
  prediction["properties"]["model"] =
      Json{{"type", Json::array({"string", "null"})}, {"minLength", 1}};
  prediction["properties"]["features"] =
      Json{{"type", Json::array({"object", "null"})},
           {"propertyNames", Json{{"pattern", "^[\\u0000-\\u007f]*$"}}},
           {"additionalProperties",
            Json{{"type", Json::array({"string", "number", "boolean", "null"})}}}};
  prediction["additionalProperties"] = false;
  Json outcome = ObjectSchema({{"id", id}, {"time", time}, {"outcome", single}});
  outcome["additionalProperties"] = false;
  return Json{{"oneOf", Json::array({prediction, outcome})}};
}

}  // namespace

RouteKind feedback_route() {
  Json events = ListSchema(EventSchema());
  events["maxItems"] = feedback::kMaxEvents;
  Json body =
      ObjectSchema({{"stream", TextSchema("of the project; may be left out where there is one")},
                    {"events", events}});
  body["required"] = Json::array({"events"});
  body["additionalProperties"] = false;
  return {.name = "feedback",
          .summary = "Predictions and what came of them",
          .routes = {
              {.method = "POST",
               .path = "/v1/feedback",
               .operation = "putFeedback",
               .summary = "Takes predictions `{\"id\", \"time\", \"prediction\"}`, with `score`, "
                          "`model`, `features` where they are known, and outcomes `{\"id\", "
                          "\"time\", \"outcome\"}`, all or none: on disk before the answer. "
                          "The same event again is known, so a client that saw no answer "
                          "sends the same again",
               .body = body,
               .answer = ObjectSchema(
                   {{"new", IntegerSchema()}, {"known", IntegerSchema("events that were there")}}),
               .handle = Take},
              {.method = "GET",
               .path = "/v1/feedback/{stream}/report",
               .operation = "getReport",
               .summary = "How good predictions were, by window and slice, as `assay feedback "
                          "report`",
               .parameters = {{.name = "stream", .summary = "name of the stream"},
                              {.name = "by",
                               .summary = "windows of the prediction's time, in UTC",
                               .by_default = Json("month"),
                               .one_of = {"day", "week", "month"}},
                              {.name = "slice",
                               .summary = "columns to slice by, separated by commas; without: "
                                          "those of the stream"},
                              {.name = "model", .summary = "predictions of this model only"}},
               .answer = Json{{"type", "object"}},
               .handle = Report}}};
}

}  // namespace assay::serve
