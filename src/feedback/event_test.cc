#include "feedback/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::feedback {
namespace {

using testing::HasSubstr;

contract::FeedbackStream Stream(const std::string& name = "late") {
  contract::FeedbackStream stream;
  stream.name = name;
  stream.model = name;
  return stream;
}

Result<store::FeedbackEvent> Parse(const std::string& json) {
  return ParseEvent(Json::parse(json), Stream());
}

std::string ErrorOf(const std::string& json) {
  const auto event = Parse(json);
  return event.ok() ? "taken" : event.error().message;
}

TEST(Event, APredictionIsBroughtToOneForm) {
  const auto event = Parse(
      R"({"id": 7, "time": "2001-05-01T09:00:00.25+02:00", "prediction": 1.0, "score": 0.5,
          "features": {"origin": "ORD", "distance": 12.5, "hour": 8, "late": true, "gate": null}})");
  ASSERT_TRUE(event.ok()) << event.error().message;
  EXPECT_EQ(event->stream, "late");
  EXPECT_EQ(event->kind, "prediction");
  EXPECT_EQ(event->id, "7");
  EXPECT_EQ(event->model, "late");
  EXPECT_EQ(event->at, "2001-05-01T07:00:00.250000Z");
  EXPECT_EQ(*CanonicalJson(event->body),
            R"({"features":{"distance":"12.5","hour":8,"late":true,"origin":"ORD"},"id":"7",)"
            R"("model":"late","prediction":"1","score":"0.5",)"
            R"("time":"2001-05-01T07:00:00.250000Z"})");
}

TEST(Event, TwoSpellingsAreOneEvent) {
  const auto one = Parse(R"({"id": 7, "time": "2001-05-01", "outcome": true})");
  const auto other =
      Parse(R"({"outcome": "True", "id": "7", "time": "2001-05-01 01:00:00+01:00"})");
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(one->body, other->body);
  EXPECT_EQ(one->kind, "outcome");
  EXPECT_EQ(one->at, "2001-05-01T00:00:00Z");
}

TEST(Event, KeepsLargeNumbersAsText) {
  const auto event = Parse(
      R"({"id": 18446744073709551615, "time": "1960-01-01T00:00:00.5Z", "prediction": "a",
          "model": "late@v2", "features": {"big": 9007199254740992, "low": -9007199254740993}})");
  ASSERT_TRUE(event.ok()) << event.error().message;
  EXPECT_EQ(event->id, "18446744073709551615");
  EXPECT_EQ(event->model, "late@v2");
  EXPECT_EQ(event->at, "1960-01-01T00:00:00.500000Z");
  EXPECT_EQ(Parse(R"({"id": 1, "time": "0800-01-01", "outcome": 1})")->at, "0800-01-01T00:00:00Z");
  EXPECT_EQ(event->body["features"]["big"], "9007199254740992");
  EXPECT_EQ(event->body["features"]["low"], "-9007199254740993");
  EXPECT_TRUE(CanonicalJson(event->body).ok());
}

TEST(Event, SaysWhatIsWrong) {
  const std::string head = R"({"id": "1", "time": "2001-05-01")";
  EXPECT_EQ(ErrorOf("[]"), "an event is no object: []");
  EXPECT_EQ(ErrorOf(head + "}"), "an event has neither `prediction` nor `outcome`");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "outcome": 1})"),
            "an event has both `prediction` and `outcome`");
  EXPECT_EQ(ErrorOf(R"({"time": "2001-05-01", "outcome": 1})"), "an event has no `id`");
  EXPECT_EQ(ErrorOf(R"({"id": 1, "outcome": 1})"), "an event has no `time`");
  EXPECT_EQ(ErrorOf(R"({"id": 1, "time": null, "outcome": 1})"), "an event has no `time`");
  EXPECT_EQ(ErrorOf(R"({"id": "", "time": "2001-05-01", "outcome": 1})"), "id is empty");
  EXPECT_EQ(ErrorOf(R"({"id": 1.5, "time": "2001-05-01", "outcome": 1})"),
            "id is neither text nor a whole number: 1.5");
  EXPECT_EQ(ErrorOf(R"({"id": 1, "time": 5, "outcome": 1})"), "time is no text with a moment: 5");
  EXPECT_EQ(ErrorOf(R"({"id": 1, "time": "yesterday", "outcome": 1})"),
            R"(time is no moment: "yesterday")");
  EXPECT_EQ(ErrorOf(R"({"id": 1, "time": "0000-01-01", "outcome": 1})"),
            R"(time is no moment: "0000-01-01")");
  EXPECT_EQ(ErrorOf(R"({"id": 1, "time": "9999-12-31T23:59:59-01:00", "outcome": 1})"),
            R"(time is no moment: "9999-12-31T23:59:59-01:00")");
  EXPECT_EQ(ErrorOf(R"({"id": 1, "time": "0001-01-01T00:00:00+01:00", "outcome": 1})"),
            R"(time is no moment: "0001-01-01T00:00:00+01:00")");
  EXPECT_EQ(ErrorOf(head + R"(, "outcome": [1]})"), "outcome is no single value: [1]");
  EXPECT_EQ(ErrorOf(head + R"(, "outcome": ""})"), "outcome is empty");
  EXPECT_EQ(ErrorOf(head + R"(, "outcome": null})"), "outcome is no single value: null");
  EXPECT_EQ(ErrorOf(head + R"(, "outcome": 1, "score": 0.5})"),
            "an event has no such member: score");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": null})"), "an event has no `prediction`");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "score": "0.5"})"),
            R"(score is no number: "0.5")");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "score": 1.5})"),
            "score is not between 0 and 1: 1.5");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "score": -1e-9})"),
            "score is not between 0 and 1: -1e-09");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "model": 3})"), "model is no name: 3");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "features": [1]})"), "features is no object: [1]");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "features": {"a": {"b": 1}}})"),
            R"(feature a is no single value: {"b":1})");
  EXPECT_EQ(ErrorOf(head + R"(, "prediction": 1, "features": {"größe": 1}})"),
            "name of a feature is no ASCII: größe");
  EXPECT_THAT(ErrorOf(head + R"(, "prediction": 1, "features": {"a": ")" +
                      std::string(kMaxEventBytes, 'x') + R"("}})"),
              HasSubstr("an event is too large, in bytes: "));
}

std::string ErrorOfRequest(const std::string& json,
                           const std::vector<contract::FeedbackStream>& streams = {Stream()}) {
  const auto events = ParseEvents(Json::parse(json), streams);
  return events.ok() ? "taken" : events.error().message;
}

TEST(Event, ARequestNamesWhichEventIsWrong) {
  const std::string good = R"({"id": 1, "time": "2001-05-01", "outcome": 1})";
  EXPECT_EQ(ErrorOfRequest(R"({"events": [)" + good + "]}"), "taken");
  EXPECT_EQ(ErrorOfRequest(R"({"stream": "late", "events": [)" + good + R"(, {"id": 1}]})"),
            "/events/1: an event has neither `prediction` nor `outcome`");
  EXPECT_EQ(ErrorOfRequest("[]"), "no list of events");
  EXPECT_EQ(ErrorOfRequest(R"({"events": 1})"), "no list of events");
  EXPECT_EQ(ErrorOfRequest(R"({"events": [], "more": 1})"), "no such member: more");
  EXPECT_EQ(ErrorOfRequest(R"({"events": [], "stream": 1})"), "stream is no text: 1");
  EXPECT_EQ(ErrorOfRequest(R"({"events": [], "stream": "lat"})"),
            "no such stream of feedback: lat");
  EXPECT_EQ(ErrorOfRequest(R"({"events": []})", {}), "assay.yaml declares no stream of feedback");
  EXPECT_EQ(ErrorOfRequest(R"({"events": []})", {Stream(), Stream("early")}),
            "there are several streams of feedback");
  Json many{{"events", Json::array()}};
  for (std::size_t i = 0; i <= kMaxEvents; ++i) many["events"].push_back(1);
  EXPECT_EQ(ErrorOfRequest(many.dump()), "too many events at once: 10001");
}

TEST(RequestEvent, KeepsRowAndPreparedAsTexts) {
  const auto event =
      RequestEvent(Stream(), Json(7), "2001-05-01T09:00:00Z", "c0ffee",
                   Json{{"distance", 12.5}, {"origin", nullptr}}, Json{{"distance", 0.1}});
  ASSERT_TRUE(event.ok()) << event.error().message;
  EXPECT_EQ(event->stream, "late");
  EXPECT_EQ(event->kind, "request");
  EXPECT_EQ(event->id, "7");
  EXPECT_EQ(event->at, "2001-05-01T09:00:00Z");
  EXPECT_EQ(*CanonicalJson(event->body),
            R"({"commit":"c0ffee","id":"7","prepared":"{\"distance\":0.1}",)"
            R"("row":"{\"distance\":12.5,\"origin\":null}","time":"2001-05-01T09:00:00Z"})");
}

TEST(RequestEvent, RefusesWrongIdsAndRowsThatAreTooLarge) {
  const auto error_of = [](const Json& id, const Json& row) {
    const auto event = RequestEvent(Stream(), id, "2001-05-01T09:00:00Z", "c", row, Json::object());
    return event.ok() ? "taken" : event.error().message;
  };
  EXPECT_EQ(error_of("", Json::object()), "id is empty");
  EXPECT_EQ(error_of(1.5, Json::object()), "id is neither text nor a whole number: 1.5");
  EXPECT_THAT(error_of("a", Json{{"x", std::string(kMaxEventBytes, 'x')}}),
              HasSubstr("an event is too large, in bytes: 65"));
}

}  // namespace
}  // namespace assay::feedback
