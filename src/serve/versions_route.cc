#include "run/version_list.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Result<Answer> Show(const Call& call) {
  const auto version = run::FindVersion(*call.session, call.arguments.Text("ref"));
  if (!version.ok()) return NotFound(version.error());
  TRY_ASSIGN(const Json json, run::VersionJson(*call.session, *version));
  return JsonAnswer(json);
}

}  // namespace

RouteKind versions_route() {
  return {.name = "versions",
          .summary = "Single versions",
          .routes = {{.method = "GET",
                      .path = "/v1/versions/{ref}",
                      .operation = "getVersion",
                      .summary = "The commit of a version as it is stored, as `assay dataset show`",
                      .parameters = {{.name = "ref",
                                      .summary = "NAME@REF, encoded: `flights_train%40v1`; a bare "
                                                 "name means the latest"}},
                      .answer = ObjectSchema({{"number", TextSchema("v2, or empty")},
                                              {"commit", TextSchema("commit id")},
                                              {"body", Json{{"type", "object"}}}}),
                      .handle = Show}}};
}

}  // namespace assay::serve
