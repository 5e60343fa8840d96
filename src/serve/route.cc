#include "serve/route.h"

namespace assay::serve {

const std::vector<RouteKind>& AllRoutes() {
  static const std::vector<RouteKind> kRoutes = {
#include "serve/all_routes.inc"
  };
  return kRoutes;
}

Answer NotFound(const Error& error) {
  return error.code == ErrorCode::kUser ? ErrorAnswer(404, error) : ErrorAnswer(error);
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
