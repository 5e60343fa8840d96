/// The table of routes as documents: OpenAPI 3.1 for programs, a page for people.
#pragma once

#include <string>
#include <vector>

#include "serve/route.h"

namespace assay::serve {

Json OpenApi(const std::vector<RouteKind>& kinds);
/// docs/reference/http.md
std::string RoutePage(const std::vector<RouteKind>& kinds);

}  // namespace assay::serve
