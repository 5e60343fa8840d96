#include "monitor/subject.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Result<Answer> Compare(const Call& call) {
  run::Session& session = *call.session;
  const auto reference = run::FindVersion(session, call.arguments.Text("reference"));
  if (!reference.ok()) return NotFound(reference.error());
  const auto current =
      run::FindVersion(session, call.arguments.Text("current"), reference->dataset);
  if (!current.ok()) return NotFound(current.error());
  const std::string split = call.arguments.has("split") ? call.arguments.Text("split") : "";
  for (const auto* version : {&*reference, &*current}) {
    if (split.empty()) break;
    const auto found = run::FindSplit(*version, split);
    if (!found.ok()) return NotFound(found.error());
  }
  TRY_ASSIGN(const monitor::DriftReport report,
             monitor::FindDriftFrom(session, *reference,
                                    current->dataset + "@commit:" + current->commit, split, {}));
  return JsonAnswer(monitor::DriftJson(report));
}

}  // namespace

RouteKind drift_route() {
  return {.name = "drift",
          .summary = "How far the columns of a version are from those of another",
          .routes = {
              {.method = "GET",
               .path = "/v1/drift",
               .operation = "getDrift",
               .summary = "Compares two versions column by column, as `assay drift`; numbers "
                          "that are not whole are text",
               .parameters = {{.name = "reference",
                               .summary = "NAME@REF; a bare name means the latest",
                               .is_needed = true},
                              {.name = "current",
                               .summary = "NAME@REF, or @REF of the same dataset",
                               .is_needed = true},
                              {.name = "split", .summary = "only this split; without: all rows"}},
               .answer = Json{{"type", "object"}},
               .handle = Compare}}};
}

}  // namespace assay::serve
