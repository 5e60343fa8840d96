#include "monitor/standing.h"
#include "serve/route.h"

namespace assay::serve {
namespace {

Result<Answer> List(const Call& call) {
  const auto project = ReadProject(*call.session);
  if (!project.ok()) return NotReady(project.error());
  TRY_ASSIGN(const monitor::Standing standing, monitor::FindStanding(*call.session, *project));
  return JsonAnswer(monitor::StandingJson(standing));
}

}  // namespace

RouteKind monitors_route() {
  Json monitor = ObjectSchema({{"monitor", TextSchema("its name")},
                               {"owner", Json{{"type", "object"}}},
                               {"verdict", TextSchema("pass or drift; absent where it never ran")},
                               {"at", TextSchema("when it ran last")},
                               {"result", TextSchema("id of the stored text")},
                               {"reference", TextSchema()}});
  monitor["required"] = Json::array({"monitor", "owner"});
  const Json alert = ObjectSchema({{"monitor", TextSchema()},
                                   {"channel", TextSchema("webhook or command")},
                                   {"state", TextSchema("waiting, sent or failed")},
                                   {"attempts", IntegerSchema()},
                                   {"next_at", TextSchema()},
                                   {"error", TextSchema("of the last attempt")}});
  return {.name = "monitors",
          .summary = "Standing comparisons that the project declares",
          .routes = {{.method = "GET",
                      .path = "/v1/monitors",
                      .operation = "listMonitors",
                      .summary = "Every monitor with its last result, and the newest alerts, as "
                                 "`assay monitor status`",
                      .answer = ObjectSchema(
                          {{"monitors", ListSchema(monitor)}, {"alerts", ListSchema(alert)}}),
                      .handle = List}}};
}

}  // namespace assay::serve
