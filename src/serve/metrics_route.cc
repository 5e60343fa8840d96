#include "serve/route.h"

namespace assay::serve {
namespace {

// A store that cannot be read is a number on the page, not an error: the page is for watching.
Result<Answer> Page(const Call& call) {
  std::optional<store::CatalogCounts> counts;
  if (call.session != nullptr && call.session->has_catalog()) {
    if (auto found = call.session->catalog().Counts(); found.ok()) counts = *std::move(found);
  }
  Answer answer;
  answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
  answer.body = call.metrics.Text(counts);
  return answer;
}

}  // namespace

RouteKind metrics_route() {
  return {.name = "metrics",
          .summary = "Numbers for monitoring",
          .routes = {{.method = "GET",
                      .path = "/metrics",
                      .operation = "getMetrics",
                      .summary = "Requests, process and catalog as Prometheus text 0.0.4",
                      .other_types = {"text/plain"},
                      .needs_store = false,
                      .handle = Page}}};
}

}  // namespace assay::serve
