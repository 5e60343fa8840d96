#include <optional>

#include "feedback/event.h"
#include "retrain/observe.h"
#include "run/model.h"
#include "run/version_ref.h"
#include "serve/route.h"
#include "store/feedback_log.h"

namespace assay::serve {
namespace {

Json BodySchema() {
  const Json row{{"type", "object"}, {"description", "field: value"}};
  const Json id = IdSchema();
  Json rows = ListSchema(row);
  rows["maxItems"] = feedback::kMaxEvents;
  Json schema = ObjectSchema(
      {{"version", TextSchema("NAME@REF; a bare name means the latest")},
       {"model", TextSchema("NAME, NAME@vN or NAME@ROLE: the version it was trained on")},
       {"row", row},
       {"rows", rows},
       {"stream", TextSchema("of feedback: the request is kept there, for skew monitors")},
       {"id", id},
       {"ids", ListSchema(id)}});
  schema["required"] = Json::array();
  schema["additionalProperties"] = false;
  // One of each pair, as the handler asks.
  schema["allOf"] = Json::array({
      Json{{"oneOf", Json::array({Json{{"required", Json::array({"version"})}},
                                  Json{{"required", Json::array({"model"})}}})}},
      Json{{"oneOf", Json::array({Json{{"required", Json::array({"row"})}},
                                  Json{{"required", Json::array({"rows"})}}})}},
  });
  return schema;
}

struct Question {
  std::vector<Json> rows, ids;
  std::vector<std::string> places;  ///< of each row: `/rows/3`
};

Status NeedOne(const Json& body, const char* one, const char* other) {
  if (body.contains(one) != body.contains(other)) return {};
  const std::string names = "`" + std::string(one) + "` and `" + other + "`";
  return Error{
      ErrorCode::kUser,
      body.contains(one) ? "the body has both " + names : "the body has neither of " + names,
      "send one of them"};
}

Result<Question> ReadBody(const Json& body) {
  TRY(CheckMembers(body, BodySchema()));
  TRY(NeedOne(body, "version", "model"));
  TRY(NeedOne(body, "row", "rows"));
  Question question;
  const bool single = body.contains("row");
  const char* const ids = single ? "id" : "ids";
  const char* const others = single ? "ids" : "id";
  if (body.contains(others)) {
    return Error{
        ErrorCode::kUser,
        "/" + std::string(others) + " does not go with `" + (single ? "row" : "rows") + "`",
        "name " + std::string(single ? "a row by `id`" : "rows by `ids`")};
  }
  if (body.contains("stream") != body.contains(ids)) {
    return Error{ErrorCode::kUser,
                 body.contains("stream") ? "a request that is kept needs /" + std::string(ids)
                                         : "/" + std::string(ids) + " without /stream",
                 "rows are kept in `stream` under their ids; send both or neither"};
  }
  if (single) {
    question.rows = {body.at("row")};
    question.places = {"/row"};
    if (body.contains(ids)) question.ids = {body.at(ids)};
    return question;
  }
  question.rows = body.at("rows").get<std::vector<Json>>();
  if (question.rows.size() > feedback::kMaxEvents) {
    return Error{ErrorCode::kUser, "too many rows at once: " + std::to_string(question.rows.size()),
                 "send at most " + std::to_string(feedback::kMaxEvents)};
  }
  for (std::size_t i = 0; i < question.rows.size(); ++i) {
    question.places.push_back("/rows/" + std::to_string(i));
  }
  if (body.contains(ids)) question.ids = body.at(ids).get<std::vector<Json>>();
  if (body.contains(ids) && question.ids.size() != question.rows.size()) {
    return Error{ErrorCode::kUser,
                 "/ids has another length than /rows: " + std::to_string(question.ids.size()),
                 "give each row its id"};
  }
  return question;
}

Result<run::NamedVersion> FindAsked(run::Session& session, const Json& body) {
  TRY(session.NeedCatalog());
  if (body.contains("version")) return run::FindVersion(session, body.value("version", ""));
  TRY_ASSIGN(const run::NamedModel model, run::FindModel(session, body.value("model", "")));
  return run::FindVersion(session, "@commit:" + model.body.commit, model.body.dataset);
}

// What is wrong with a row or an id is the client's to mend.
Error Theirs(const Error& error, const std::string& place) {
  const ErrorCode code = error.code == ErrorCode::kData ? ErrorCode::kUser : error.code;
  return {code, place + ": " + error.message, error.hint};
}

Result<Answer> Transform(const Call& call) {
  run::Session& session = *call.session;
  TRY_ASSIGN(const Question question, ReadBody(call.body));
  std::optional<contract::FeedbackStream> stream;
  if (call.body.contains("stream")) {
    const auto project = ReadProject(session);
    if (!project.ok()) return NotReady(project.error());
    const auto found = feedback::FindStream(project->feedback, call.body.value("stream", ""));
    if (!found.ok()) return NotFound(found.error());
    stream = *found;
  }
  const auto version = FindAsked(session, call.body);
  if (!version.ok()) return NotFound(version.error());
  const auto preparation = call.preparations.Get(session.objects(), version->body);
  if (!preparation.ok()) return NotReady(preparation.error());

  Json rows = Json::array();
  std::vector<store::FeedbackEvent> events;
  const std::string now = UtcText(session.clock().NowMicros());
  for (std::size_t i = 0; i < question.rows.size(); ++i) {
    auto prepared = (*preparation)->Transform(question.rows[i]);
    if (!prepared.ok()) return Theirs(prepared.error(), question.places[i]);
    if (stream) {
      auto event = feedback::RequestEvent(*stream, question.ids[i], now, version->commit,
                                          question.rows[i], *prepared);
      if (!event.ok()) return Theirs(event.error(), question.places[i]);
      events.push_back(*std::move(event));
    }
    rows.push_back(*std::move(prepared));
  }
  // Kept before it is answered: a model that has seen a row has left a trace.
  if (!events.empty()) TRY(store::FeedbackLog(session.catalog()).PutEvents(events));
  return JsonAnswer(Json{{"version", retrain::NameOf(*version)},
                         {"commit", version->commit},
                         {"rows", std::move(rows)}});
}

}  // namespace

RouteKind transform_route() {
  return {.name = "transform",
          .summary = "Rows prepared as a version's preparation does",
          .routes = {{.method = "POST",
                      .path = "/v1/transform",
                      .operation = "transformRows",
                      .summary = "Prepares one `row` or some `rows` by a `version`, or by the "
                                 "version a `model` was trained on, as `assay transform`. With "
                                 "`stream` and ids the rows are kept as requests, on disk before "
                                 "the answer",
                      .body = BodySchema(),
                      .answer = ObjectSchema({{"version", TextSchema("`flights_train@v1`")},
                                              {"commit", TextSchema("commit id")},
                                              {"rows", ListSchema(Json{{"type", "object"}})}}),
                      .handle = Transform}}};
}

}  // namespace assay::serve
