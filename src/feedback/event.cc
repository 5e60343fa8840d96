#include "feedback/event.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "contract/class_text.h"
#include "contract/mapping.h"
#include "contract/number_text.h"
#include "store/json_place.h"

namespace assay::feedback {
namespace {

using contract::FeedbackStream;

constexpr std::size_t kShownBytes = 100;

// A stranger's value for an error.
std::string Shown(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kShownBytes) text = text.substr(0, kShownBytes) + "...";
  return store::Shown(std::move(text));
}

Error Wrong(const std::string& member, const std::string& is_what, const Json& value) {
  return {ErrorCode::kData, member + " is " + is_what + ": " + Shown(value), ""};
}

Result<std::string> IdOf(const Json& value, const std::string& member) {
  if (value.is_number_integer()) return value.dump();
  if (!value.is_string()) return Wrong(member, "neither text nor a whole number", value);
  if (value.get_ref<const std::string&>().empty()) {
    return Error{ErrorCode::kData, member + " is empty", ""};
  }
  return value.get<std::string>();
}

constexpr std::int64_t kSecond = 1'000'000;
// The years that have four digits, in microseconds.
constexpr std::int64_t kFirstTime = -62'135'596'800 * kSecond;
constexpr std::int64_t kBehindLastTime = 253'402'300'800 * kSecond;

// UTC, with microseconds only where there are some.
std::string UtcMicrosText(std::int64_t micros) {
  constexpr std::size_t kSize = std::string_view("2001-05-01T09:00:00Z").size();
  std::string text = UtcText(micros);
  text.insert(0, kSize - text.size(), '0');  // the year 800
  const std::int64_t fraction = ((micros % kSecond) + kSecond) % kSecond;
  if (fraction == 0) return text;
  const std::string digits = std::to_string(fraction);
  text.pop_back();
  return text + "." + std::string(6 - digits.size(), '0') + digits + "Z";
}

Result<std::string> TimeOf(const Json& value) {
  if (!value.is_string()) return Wrong("time", "no text with a moment", value);
  if (const auto time = contract::ParseTime(value.get<std::string>()); time.ok()) {
    const std::int64_t micros = contract::TimeMicros(*time);
    if (micros >= kFirstTime && micros < kBehindLastTime) return UtcMicrosText(micros);
  }
  return Error{ErrorCode::kData, "time is no moment: " + Shown(value),
               "write it as 2001-05-01T09:00:00Z"};
}

// A single value as canonical JSON takes it.
Result<Json> ValueOf(const Json& value, const std::string& member) {
  if (value.is_string() || value.is_boolean()) return value;
  if (value.is_number_float()) return Json(DoubleText(value.get<double>()));
  if (!value.is_number_integer()) return Wrong(member, "no single value", value);
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (value.is_number_unsigned()) {
    const bool is_small = value.get<std::uint64_t>() < static_cast<std::uint64_t>(kExact);
    return is_small ? value : Json(value.dump());
  }
  const auto number = value.get<std::int64_t>();
  return number > -kExact ? value : Json(value.dump());
}

Result<std::string> ClassOf(const Json& value, const std::string& member) {
  TRY_ASSIGN(const Json single, ValueOf(value, member));
  const std::string text = single.is_string() ? single.get<std::string>() : single.dump();
  if (text.empty()) return Error{ErrorCode::kData, member + " is empty", ""};
  return contract::ClassText(text);
}

Result<std::string> ScoreOf(const Json& value) {
  if (!value.is_number()) return Wrong("score", "no number", value);
  const double score = value.get<double>();
  if (!(score >= 0 && score <= 1)) return Wrong("score", "not between 0 and 1", value);
  return DoubleText(score + 0.0);  // -0 is 0
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<Json> FeaturesOf(const Json& value) {
  if (!value.is_object()) return Wrong("features", "no object", value);
  Json features = Json::object();
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (member->is_null()) continue;
    if (!IsAscii(member.key())) {
      return Error{ErrorCode::kData, "name of a feature is no ASCII: " + store::Shown(member.key()),
                   "rename it, or import a file"};
    }
    TRY_ASSIGN(features[member.key()], ValueOf(*member, "feature " + store::Shown(member.key())));
  }
  return features;
}

Status CheckMembers(const Json& json, const std::vector<std::string>& needed,
                    const std::vector<std::string>& known) {
  for (const std::string& name : needed) {
    const auto found = json.find(name);
    if (found != json.end() && !found->is_null()) continue;
    return Error{ErrorCode::kData, "an event has no `" + name + "`",
                 "its members are " + contract::Join(known)};
  }
  for (auto member = json.begin(); member != json.end(); ++member) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
    return Error{ErrorCode::kData, "an event has no such member: " + store::Shown(member.key()),
                 contract::NearestHint(member.key(), known, "its members are")};
  }
  return {};
}

Status ReadOutcome(const Json& json, store::FeedbackEvent& event) {
  TRY(CheckMembers(json, {"id", "time"}, {"id", "time", "outcome"}));
  event.kind = store::kOutcome;
  TRY_ASSIGN(event.body["outcome"], ClassOf(json["outcome"], "outcome"));
  return {};
}

Status CheckSize(const store::FeedbackEvent& event) {
  TRY_ASSIGN(const std::string body, CanonicalJson(event.body));
  if (body.size() <= kMaxEventBytes) return {};
  return Error{ErrorCode::kData, "an event is too large, in bytes: " + std::to_string(body.size()),
               "at most " + std::to_string(kMaxEventBytes) + " are taken"};
}

bool HasValue(const Json& json, const char* member) {
  return json.contains(member) && !json[member].is_null();
}

Status ReadPrediction(const Json& json, const FeedbackStream& stream, store::FeedbackEvent& event) {
  TRY(CheckMembers(json, {"id", "time", "prediction"},
                   {"id", "time", "prediction", "score", "model", "features"}));
  event.kind = store::kPrediction;
  TRY_ASSIGN(event.body["prediction"], ClassOf(json["prediction"], "prediction"));
  if (HasValue(json, "score")) {
    TRY_ASSIGN(event.body["score"], ScoreOf(json["score"]));
  }
  event.model = stream.model;
  if (HasValue(json, "model")) {
    const Json& model = json["model"];
    if (!model.is_string() || model.get_ref<const std::string&>().empty()) {
      return Wrong("model", "no name", model);
    }
    event.model = model.get<std::string>();
  }
  event.body["model"] = event.model;
  if (HasValue(json, "features")) {
    TRY_ASSIGN(event.body["features"], FeaturesOf(json["features"]));
  }
  return {};
}

}  // namespace

Result<store::FeedbackEvent> ParseEvent(const Json& json, const FeedbackStream& stream) {
  if (!json.is_object()) return Wrong("an event", "no object", json);
  const bool predicts = json.contains("prediction");
  const bool tells = json.contains("outcome");
  if (predicts == tells) {
    return Error{ErrorCode::kData,
                 std::string("an event has ") + (predicts ? "both `prediction` and `outcome`"
                                                          : "neither `prediction` nor `outcome`"),
                 "send what was predicted and what came as two events"};
  }
  store::FeedbackEvent event;
  event.stream = stream.name;
  event.body = Json::object();
  if (predicts) {
    TRY(ReadPrediction(json, stream, event));
  } else {
    TRY(ReadOutcome(json, event));
  }
  TRY_ASSIGN(event.id, IdOf(json["id"], "id"));
  TRY_ASSIGN(event.at, TimeOf(json["time"]));
  event.body["id"] = event.id;
  event.body["time"] = event.at;
  TRY(CheckSize(event));
  return event;
}

Result<store::FeedbackEvent> RequestEvent(const FeedbackStream& stream, const Json& id,
                                          const std::string& time, const std::string& commit,
                                          const Json& row, const Json& prepared) {
  store::FeedbackEvent event;
  event.stream = stream.name;
  event.kind = store::kRequest;
  TRY_ASSIGN(event.id, IdOf(id, "id"));
  event.at = time;
  event.body = Json{{"id", event.id},
                    {"time", time},
                    {"commit", commit},
                    {"row", row.dump()},
                    {"prepared", prepared.dump()}};
  TRY(CheckSize(event));
  return event;
}

Result<std::vector<store::FeedbackEvent>> ParseEvents(const Json& json,
                                                      const std::vector<FeedbackStream>& streams) {
  if (!json.is_object() || !json.contains("events") || !json["events"].is_array()) {
    return Error{ErrorCode::kData, "no list of events",
                 R"(send {"stream": NAME, "events": [{"id": ..., "time": ..., ...}]})"};
  }
  for (auto member = json.begin(); member != json.end(); ++member) {
    if (member.key() == "stream" || member.key() == "events") continue;
    return Error{ErrorCode::kData, "no such member: " + store::Shown(member.key()),
                 "the members are stream, events"};
  }
  const Json name = json.value("stream", Json(""));
  if (!name.is_string()) return Wrong("stream", "no text", name);
  TRY_ASSIGN(const FeedbackStream stream, FindStream(streams, name.get<std::string>()));
  const Json& list = json["events"];
  if (list.size() > kMaxEvents) {
    return Error{ErrorCode::kData, "too many events at once: " + std::to_string(list.size()),
                 "send at most " + std::to_string(kMaxEvents)};
  }
  std::vector<store::FeedbackEvent> events;
  for (std::size_t i = 0; i < list.size(); ++i) {
    TRY_ASSIGN(store::FeedbackEvent event,
               ParseEvent(list[i], stream).While("/events/" + std::to_string(i)));
    events.push_back(std::move(event));
  }
  return events;
}

Result<FeedbackStream> FindStream(const std::vector<FeedbackStream>& streams,
                                  const std::string& name) {
  if (streams.empty()) {
    const std::string lines = "feedback:\n    " + (name.empty() ? "NAME" : store::Shown(name)) +
                              ":\n      positive: true";
    return Error{ErrorCode::kUser, "assay.yaml declares no stream of feedback",
                 "add to it:\n  " + lines};
  }
  std::vector<std::string> names;
  for (const FeedbackStream& stream : streams) {
    if (stream.name == name || (name.empty() && streams.size() == 1)) return stream;
    names.push_back(stream.name);
  }
  if (name.empty()) {
    return Error{ErrorCode::kUser, "there are several streams of feedback",
                 "name one of them: " + contract::Join(names)};
  }
  return Error{ErrorCode::kUser, "no such stream of feedback: " + store::Shown(name),
               contract::NearestHint(name, names, "the streams are")};
}

}  // namespace assay::feedback
