#include "run/model.h"
#include "run/version_ref.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Result<Answer> List(const Call& call) {
  Json list = Json::array();
  if (call.session->has_catalog()) {
    TRY_ASSIGN(const auto models, run::AllModels(*call.session));
    for (const run::NamedModel& model : models) {
      TRY_ASSIGN(const std::string trained_on, run::TrainedOn(*call.session, model.body));
      list.push_back(run::ModelJson(model, trained_on));
    }
  }
  return JsonAnswer(list);
}

Result<Answer> Show(const Call& call) {
  run::Session& session = *call.session;
  if (const auto catalog = session.NeedCatalog(); !catalog.ok()) return NotFound(catalog.error());
  const auto model = run::FindModel(session, call.arguments.Text("name"));
  if (!model.ok()) return NotFound(model.error());
  TRY_ASSIGN(const std::string trained_on, run::TrainedOn(session, model->body));
  TRY_ASSIGN(const run::NamedVersion version,
             run::FindVersion(session, "@commit:" + model->body.commit, model->body.dataset));
  Json json = run::ModelJson(*model, trained_on);
  json["data"] = run::TrainingDataJson(version.body);
  return JsonAnswer(json);
}

}  // namespace

RouteKind models_route() {
  const std::vector<std::pair<std::string, Json>> members = {
      {"model", TextSchema("`late@v2`")},
      {"id", TextSchema()},
      {"roles", ListSchema(TextSchema())},
      {"trained_on", TextSchema("`flights_train@v1`")},
      {"dataset", TextSchema()},
      {"version", TextSchema("version id")},
      {"commit", TextSchema("commit id")},
      {"trained_splits", ListSchema(TextSchema())},
      {"file", ObjectSchema(
                   {{"name", TextSchema()}, {"sha256", TextSchema()}, {"bytes", IntegerSchema()}})},
      {"metrics", Json{{"type", "object"}, {"description", "metric: number as text"}}},
      {"run", TextSchema()},
      {"created_at", TextSchema()},
      {"created_by", TextSchema()}};
  auto with_data = members;
  with_data.emplace_back(
      "data", Json{{"type", "object"}, {"description", "splits, sources, gates of the version"}});
  return {.name = "models",
          .summary = "Models beside the exact version they were trained on",
          .routes = {{.method = "GET",
                      .path = "/v1/models",
                      .operation = "listModels",
                      .summary = "All models, their roles and their data, as `assay model list`",
                      .answer = ListSchema(ObjectSchema(members)),
                      .handle = List},
                     {.method = "GET",
                      .path = "/v1/models/{name}",
                      .operation = "getModel",
                      .summary = "One model and its exact data, as `assay model show`",
                      .parameters = {{.name = "name",
                                      .summary = "NAME (the newest), NAME@vN or NAME@ROLE, "
                                                 "encoded: `late%40champion`"}},
                      .answer = ObjectSchema(with_data),
                      .handle = Show}}};
}

}  // namespace assay::serve
