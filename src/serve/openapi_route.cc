#include "serve/openapi.h"

namespace assay::serve {
namespace {

Result<Answer> Document(const Call& call) { return JsonAnswer(OpenApi(call.routes)); }

}  // namespace

RouteKind openapi_route() {
  return {.name = "openapi",
          .summary = "The API's own description",
          .routes = {{.method = "GET",
                      .path = "/openapi.json",
                      .operation = "getOpenApi",
                      .summary = "This API as an OpenAPI 3.1 document",
                      .answer = Json{{"type", "object"}},
                      .reads_project = false,
                      .handle = Document}}};
}

}  // namespace assay::serve
