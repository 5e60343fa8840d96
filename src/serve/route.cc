#include "serve/route.h"

#include <limits>

#include "contract/mapping.h"
#include "contract/utf8.h"

namespace assay::serve {
namespace {

constexpr std::size_t kShownBytes = 100;

// A stranger's value for an error.
std::string Shown(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return contract::Escaped(text.substr(0, kShownBytes)) + (text.size() > kShownBytes ? "..." : "");
}

// What the value is not; empty where it is of the type. With several types the room below looks.
std::string WrongType(const Json& value, const Json& type) {
  if (type == "string") return value.is_string() ? "" : "no text";
  if (type == "boolean") return value.is_boolean() ? "" : "neither true nor false";
  if (type == "object") return value.is_object() ? "" : "no object";
  if (type == "array") return value.is_array() ? "" : "no list";
  return "";
}

}  // namespace

const std::vector<RouteKind>& AllRoutes() {
  static const std::vector<RouteKind> kRoutes = {
#include "serve/all_routes.inc"
  };
  return kRoutes;
}

Answer NotFound(const Error& error) {
  return error.code == ErrorCode::kUser ? ErrorAnswer(404, error) : ErrorAnswer(error);
}

Answer NotReady(const Error& error) {
  return error.code == ErrorCode::kUser ? ErrorAnswer(409, error) : ErrorAnswer(error);
}

Result<contract::Project> ReadProject(run::Session& session) {
  contract::Diagnostics diagnostics;
  auto project = session.LoadProject(diagnostics);
  if (!project) return diagnostics.ToError();
  return *std::move(project);
}

Status CheckMembers(const Json& body, const Json& schema) {
  const Json& properties = schema.at("properties");
  std::vector<std::string> known;
  for (const auto& [name, member] : properties.items()) known.push_back(name);
  if (!body.is_object()) {
    return Error{ErrorCode::kUser, "the body is no object: " + Shown(body),
                 "its members are " + contract::Join(known)};
  }
  for (auto member = body.begin(); member != body.end(); ++member) {
    const auto expected = properties.find(member.key());
    if (expected == properties.end()) {
      return Error{
          ErrorCode::kUser,
          "unknown member of the body: " + contract::Escaped(member.key().substr(0, kShownBytes)),
          contract::NearestHint(member.key(), known, "its members are")};
    }
    const std::string wrong = WrongType(*member, expected->value("type", Json()));
    if (wrong.empty()) continue;
    return Error{ErrorCode::kUser, "/" + member.key() + " is " + wrong + ": " + Shown(*member), ""};
  }
  const Json needed = schema.value("required", Json::array());
  for (const Json& name : needed) {
    if (body.contains(name.get<std::string>())) continue;
    return Error{ErrorCode::kUser, "the body has no `" + name.get<std::string>() + "`",
                 "its members are " + contract::Join(known)};
  }
  return {};
}

Json TextSchema(const std::string& summary) {
  Json schema{{"type", "string"}};
  if (!summary.empty()) schema["description"] = summary;
  return schema;
}

Json IntegerSchema(const std::string& summary) {
  Json schema{{"type", "integer"}};
  if (!summary.empty()) schema["description"] = summary;
  return schema;
}

Json BoolSchema() { return Json{{"type", "boolean"}}; }

Json NumberSchema() { return Json{{"type", "number"}}; }

Json ListSchema(const Json& items) { return Json{{"type", "array"}, {"items", items}}; }

Json NullableSchema(const Json& schema) {
  Json nullable = schema;
  nullable["type"] = Json::array({schema.at("type"), "null"});
  return nullable;
}

Json IdSchema() {
  return Json{{"type", Json::array({"string", "integer"})},
              {"minLength", 1},
              {"minimum", std::numeric_limits<std::int64_t>::min()},
              {"maximum", std::numeric_limits<std::uint64_t>::max()}};
}

Json ObjectSchema(const std::vector<std::pair<std::string, Json>>& members) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& [name, schema] : members) {
    properties[name] = schema;
    required.push_back(name);
  }
  return Json{{"type", "object"}, {"properties", properties}, {"required", required}};
}

Json ParameterSchema(const Parameter& parameter) {
  Json schema;
  switch (parameter.type) {
    case ValueType::kText:
      // No control character comes through decoding, and a name is never empty.
      schema =
          Json{{"type", "string"}, {"minLength", 1}, {"pattern", "^[^\\u0000-\\u001f\\u007f]+$"}};
      if (!parameter.one_of.empty()) schema = Json{{"type", "string"}, {"enum", parameter.one_of}};
      break;
    case ValueType::kInteger:
      schema = Json{{"type", "integer"}, {"minimum", parameter.least}, {"maximum", parameter.most}};
      break;
    case ValueType::kBool:
      schema = Json{{"type", "boolean"}};
      break;
  }
  if (parameter.by_default) schema["default"] = *parameter.by_default;
  return schema;
}

}  // namespace assay::serve
