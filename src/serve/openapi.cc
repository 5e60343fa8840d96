#include "serve/openapi.h"

#include "base/letter_case.h"
#include "run/program.h"

namespace assay::serve {
namespace {

bool InPath(const Route& route, const Parameter& parameter) {
  return route.path.find("{" + parameter.name + "}") != std::string::npos;
}

Json ErrorContent() {
  return Json{{"application/json", Json{{"schema", Json{{"$ref", "#/components/schemas/Error"}}}}}};
}

Json Responses(const Route& route) {
  Json content = Json::object();
  if (!route.answer.is_null()) content["application/json"]["schema"] = route.answer;
  for (const std::string& type : route.other_types) {
    content[type]["schema"] = Json{{"type", "string"}};
  }
  Json responses{{"200", Json{{"description", route.summary}, {"content", content}}}};
  const auto add = [&](const char* status, const char* description) {
    responses[status] = Json{{"description", description}, {"content", ErrorContent()}};
  };
  add("400", "The request is not well formed, or an argument is wrong.");
  if (route.path.find('{') != std::string::npos) add("404", "What the path names does not exist.");
  if (!route.body.is_null()) {
    add("413", "The body is too large.");
    add("415", "The body is no JSON by its Content-Type.");
    add("404", "What the body names does not exist.");
    add("409", "The project or its store is not ready for this.");
  }
  if (route.reads_project) {
    add("500", "What the store holds is damaged, or a bug.");
    add("503", "The store cannot be read now, or the server is busy.");
  }
  add("default", "Any other error.");
  return responses;
}

Json Operation(const RouteKind& kind, const Route& route) {
  Json parameters = Json::array();
  for (const Parameter& parameter : route.parameters) {
    const bool in_path = InPath(route, parameter);
    parameters.push_back(Json{{"name", parameter.name},
                              {"in", in_path ? "path" : "query"},
                              {"required", in_path || parameter.is_needed},
                              {"description", parameter.summary},
                              {"schema", ParameterSchema(parameter)}});
  }
  Json operation{{"operationId", route.operation},
                 {"tags", Json::array({kind.name})},
                 {"summary", route.summary},
                 {"parameters", parameters},
                 {"responses", Responses(route)}};
  if (!route.body.is_null()) {
    operation["requestBody"] = Json{
        {"required", true}, {"content", Json{{"application/json", Json{{"schema", route.body}}}}}};
  }
  return operation;
}

std::string ValueText(const Parameter& parameter) {
  if (!parameter.one_of.empty()) {
    std::string list;
    for (const std::string& each : parameter.one_of) list += (list.empty() ? "" : ", ") + each;
    return list;
  }
  if (parameter.type == ValueType::kText) return "text";
  if (parameter.type == ValueType::kBool) return "true or false";
  // Beyond 2^53 - 1 nothing is meant by the border.
  constexpr std::int64_t kWhole = (std::int64_t{1} << 53) - 1;
  return "whole number from " + std::to_string(parameter.least) +
         (parameter.most == kWhole ? "" : " to " + std::to_string(parameter.most));
}

// `list of {"id": string, ...}` in one line.
std::string SchemaText(const Json& schema) {
  const Json type = schema.value("type", Json(nullptr));
  if (type.is_array()) {
    std::string list;
    for (const Json& each : type) list += (list.empty() ? "" : " or ") + each.get<std::string>();
    return list;
  }
  if (!type.is_string()) return "any value";
  if (type == "array") return "list of " + SchemaText(schema.at("items"));
  if (type != "object" || !schema.contains("properties")) return type.get<std::string>();
  std::string text;
  const Json& properties = schema.at("properties");
  for (const auto& [name, member] : properties.items()) {
    text += (text.empty() ? "" : ", ") + ("\"" + name + "\": ") + SchemaText(member);
  }
  return "{" + text + "}";
}

std::string RouteSection(const Route& route) {
  std::string text = "\n### " + route.method + " " + route.path + "\n\n" + route.summary + ".\n";
  if (!route.parameters.empty()) {
    text += "\n| parameter | value | default | what |\n|---|---|---|---|\n";
    for (const Parameter& parameter : route.parameters) {
      const std::string by_default = parameter.by_default ? parameter.by_default->dump() : "";
      text += "| `" + parameter.name + "`" + (InPath(route, parameter) ? " (in the path)" : "") +
              (parameter.is_needed ? " (needed)" : "") + " | " + ValueText(parameter) + " | " +
              by_default + " | " + parameter.summary + " |\n";
    }
  }
  if (!route.body.is_null()) text += "\nBody: `" + SchemaText(route.body) + "`\n";
  if (!route.answer.is_null()) text += "\nAnswer: `" + SchemaText(route.answer) + "`\n";
  for (const std::string& type : route.other_types) text += "\nAnswer as `" + type + "`.\n";
  return text;
}

constexpr auto kPageHead = R"(# HTTP API

What `assay serve` answers. The same as OpenAPI 3.1: `GET /openapi.json`, or `assay serve --print
openapi` without a server.

Written by `tests/docs/generate_reference.py --write`; do not edit.

Answers are JSON, in the forms that the verbs print with `--json`. `HEAD` works wherever `GET` does. An
error has one form, `{"error": {"code", "message", "hint"}}`:

| code | status | meaning |
|---|---|---|
)";

constexpr auto kPageRest = R"(
Where the request says more, the status does: 404 no such path, or what it names does not exist; 405
another method (`Allow` says which); 406 a form that there is not; 409 the project or its store is
not ready for this; 413 body too large; 415 body that
is no `application/json`; 421 a `Host` that is not this machine; 431 head too large; 503 too many
connections or requests. A client that is too slow finds its connection closed.
)";

}  // namespace

Json OpenApi(const std::vector<RouteKind>& kinds) {
  Json paths = Json::object();
  Json tags = Json::array();
  for (const RouteKind& kind : kinds) {
    tags.push_back(Json{{"name", kind.name}, {"description", kind.summary}});
    for (const Route& route : kind.routes) {
      paths[route.path][Lower(route.method)] = Operation(kind, route);
    }
  }
  const Json error = ObjectSchema(
      {{"error", ObjectSchema({{"code", TextSchema("user, data, io, internal or cancelled")},
                               {"message", TextSchema()},
                               {"hint", TextSchema("way out; may be empty")}})}});
  return Json{{"openapi", "3.1.0"},
              {"info", Json{{"title", "Assay"},
                            {"version", run::kProgramVersion},
                            {"description", "Dataset versions that can prove what they are."}}},
              {"tags", tags},
              {"paths", paths},
              {"components", Json{{"schemas", Json{{"Error", error}}}}}};
}

std::string RoutePage(const std::vector<RouteKind>& kinds) {
  std::string text = kPageHead;
  const auto row = [&](ErrorCode code, const char* meaning) {
    text += "| `" + ErrorCodeText(code) + "` | " + std::to_string(HttpStatus(code)) + " | " +
            meaning + " |\n";
  };
  row(ErrorCode::kUser, "the request is wrong");
  row(ErrorCode::kData, "content of the project or store that cannot be read");
  row(ErrorCode::kIo, "missing file, lock, disk: it may go at the next try");
  row(ErrorCode::kInternal, "a bug of the program");
  row(ErrorCode::kCancelled, "the server is being stopped");
  text += kPageRest;
  for (const RouteKind& kind : kinds) {
    text += "\n## " + kind.name + "\n\n" + kind.summary + ".\n";
    for (const Route& route : kind.routes) text += RouteSection(route);
  }
  return text;
}

}  // namespace assay::serve
