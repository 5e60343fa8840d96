#include "serve/route.h"

namespace assay::serve {
namespace {

Result<Answer> Health(const Call&) { return JsonAnswer(Json{{"status", "ok"}}); }

}  // namespace

RouteKind health_route() {
  return {.name = "health",
          .summary = "Whether the server is there",
          .routes = {{.method = "GET",
                      .path = "/healthz",
                      .operation = "getHealth",
                      .summary = "Says ok while the server answers; the store is not looked at",
                      .answer = ObjectSchema({{"status", TextSchema()}}),
                      .reads_project = false,
                      .handle = Health}}};
}

}  // namespace assay::serve
