#include "run/version_list.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Result<Answer> List(const Call& call) {
  Json list = Json::array();
  if (call.session->has_catalog()) {
    TRY_ASSIGN(const auto heads, run::DatasetHeads(*call.session));
    for (const run::DatasetHead& head : heads) list.push_back(run::DatasetHeadJson(head));
  }
  return JsonAnswer(list);
}

// A dataset's bare name; `name@ref` is a version and has a path of its own.
Result<std::string> NameOf(const Call& call) {
  std::string name = call.arguments.Text("name");
  if (name.find('@') == std::string::npos) return name;
  return Error{ErrorCode::kUser, "not the name of a dataset: " + name,
               "GET /v1/versions/NAME@REF shows a version"};
}

Result<Answer> Show(const Call& call) {
  const auto name = NameOf(call);
  if (!name.ok()) return NotFound(name.error());
  const auto head = run::FindDatasetHead(*call.session, *name);
  if (!head.ok()) return NotFound(head.error());
  return JsonAnswer(run::DatasetHeadJson(*head));
}

Result<Answer> Versions(const Call& call) {
  const auto name = NameOf(call);
  if (!name.ok()) return NotFound(name.error());
  const auto history = run::VersionHistory(
      *call.session, *name, static_cast<std::size_t>(call.arguments.Integer("limit")));
  if (!history.ok()) return NotFound(history.error());
  Json list = Json::array();
  for (const run::HistoryEntry& entry : *history) list.push_back(run::HistoryEntryJson(entry));
  return JsonAnswer(list);
}

Json HeadSchema() {
  return ObjectSchema({{"name", TextSchema()},
                       {"latest", TextSchema("its number: v2")},
                       {"rows", IntegerSchema("of all splits")},
                       {"version", TextSchema("version id")},
                       {"commit", TextSchema("commit id")},
                       {"created_at", TextSchema()}});
}

Json EntrySchema() {
  return ObjectSchema({{"commit", TextSchema()},
                       {"version", TextSchema()},
                       {"number", TextSchema()},
                       {"refs", TextSchema("names that point at it")},
                       {"rows", IntegerSchema()},
                       {"created_at", TextSchema()},
                       {"created_by", TextSchema()},
                       {"message", TextSchema()}});
}

}  // namespace

RouteKind datasets_route() {
  const Parameter name{.name = "name", .summary = "name of the dataset"};
  return {.name = "datasets",
          .summary = "Datasets and their versions",
          .routes = {{.method = "GET",
                      .path = "/v1/datasets",
                      .operation = "listDatasets",
                      .summary = "Datasets that have a version, with the latest, as `assay dataset "
                                 "list`",
                      .answer = ListSchema(HeadSchema()),
                      .handle = List},
                     {.method = "GET",
                      .path = "/v1/datasets/{name}",
                      .operation = "getDataset",
                      .summary = "One dataset with its latest version",
                      .parameters = {name},
                      .answer = HeadSchema(),
                      .handle = Show},
                     {.method = "GET",
                      .path = "/v1/datasets/{name}/versions",
                      .operation = "listVersions",
                      .summary = "Its commits, newest first, as `assay dataset log`",
                      .parameters = {name,
                                     {.name = "limit",
                                      .type = ValueType::kInteger,
                                      .summary = "how many",
                                      .by_default = Json(100),
                                      .least = 1,
                                      .most = 10'000}},
                      .answer = ListSchema(EntrySchema()),
                      .handle = Versions}}};
}

}  // namespace assay::serve
