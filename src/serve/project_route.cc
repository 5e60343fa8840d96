#include "run/prepared.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Json NodeJson(const plan::Node& node) {
  Json inputs = Json::array();
  for (const plan::Input& input : node.inputs) inputs.push_back(input.name);
  return Json{{"name", node.name},
              {"type", NodeTypeText(node.type)},
              {"kind", node.kind},
              {"inputs", inputs}};
}

Json DatasetJson(const contract::Dataset& dataset) {
  return Json{{"name", dataset.name},
              {"input", dataset.input},
              {"description", dataset.description},
              {"key", dataset.key},
              {"label", dataset.label.empty() ? Json(nullptr) : Json(dataset.label)},
              {"split", dataset.split_kind.empty() ? Json(nullptr) : Json(dataset.split_kind)},
              {"owner", OwnerJson(dataset.owner)}};
}

// Read anew at each call: a file that is broken now is told, and mended it is there again.
Result<Answer> Show(const Call& call) {
  contract::Diagnostics diagnostics;
  TRY_ASSIGN(const auto prepared, run::Prepare(*call.session, diagnostics));
  Json json{{"ok", prepared.has_value()}, {"name", nullptr},
            {"owner", nullptr},           {"nodes", Json::array()},
            {"datasets", Json::array()},  {"diagnostics", diagnostics.ToJson()}};
  if (prepared) {
    json["name"] = prepared->project.name;
    json["owner"] = OwnerJson(prepared->project.owner);
    for (const plan::Node& node : prepared->graph.nodes) json["nodes"].push_back(NodeJson(node));
    for (const contract::Dataset& dataset : prepared->project.datasets) {
      json["datasets"].push_back(DatasetJson(dataset));
    }
  }
  return JsonAnswer(json);
}

Json DiagnosticSchema() {
  return ObjectSchema({{"severity", TextSchema("error or warning")},
                       {"file", TextSchema()},
                       {"line", IntegerSchema()},
                       {"column", IntegerSchema()},
                       {"message", TextSchema()},
                       {"hint", TextSchema()}});
}

}  // namespace

RouteKind project_route() {
  const Json owner{{"type", Json::array({"object", "null"})}};
  const Json node = ObjectSchema({{"name", TextSchema()},
                                  {"type", TextSchema("source, step, gate or dataset")},
                                  {"kind", TextSchema()},
                                  {"inputs", ListSchema(TextSchema())}});
  const Json dataset = ObjectSchema({{"name", TextSchema()},
                                     {"input", TextSchema()},
                                     {"description", TextSchema()},
                                     {"key", ListSchema(TextSchema())},
                                     {"label", NullableSchema(TextSchema())},
                                     {"split", NullableSchema(TextSchema("kind of the split"))},
                                     {"owner", Json{{"type", "object"}}}});
  return {.name = "project",
          .summary = "What the project file declares",
          .routes = {{.method = "GET",
                      .path = "/v1/project",
                      .operation = "getProject",
                      .summary = "The project file as it is now, and what is wrong with it, as "
                                 "`assay lint`",
                      .answer = ObjectSchema({{"ok", BoolSchema()},
                                              {"name", NullableSchema(TextSchema())},
                                              {"owner", owner},
                                              {"nodes", ListSchema(node)},
                                              {"datasets", ListSchema(dataset)},
                                              {"diagnostics", ListSchema(DiagnosticSchema())}}),
                      .handle = Show}}};
}

}  // namespace assay::serve
