#include "monitor/standing.h"

#include "contract/check_decl.h"

namespace assay::monitor {

Result<Standing> FindStanding(run::Session& session, const contract::Project& project) {
  constexpr int kAlertsShown = 10;
  Standing standing;
  for (const contract::Monitor& monitor : project.monitors) {
    std::optional<store::DriftRow> last;
    if (session.has_catalog()) {
      TRY_ASSIGN(last, store::DriftLog(session.catalog()).Newest(monitor.name));
    }
    standing.monitors.emplace_back(monitor, std::move(last));
  }
  if (session.has_catalog()) {
    TRY_ASSIGN(standing.alerts, store::Outbox(session.catalog()).Newest(kAlertsShown));
  }
  return standing;
}

Json StandingJson(const Standing& standing) {
  Json monitors = Json::array();
  for (const auto& [monitor, last] : standing.monitors) {
    Json json{{"monitor", monitor.name}, {"owner", OwnerJson(monitor.owner)}};
    if (last) {
      json["verdict"] = last->verdict;
      json["at"] = last->created_at;
      json["result"] = last->id;
      json["reference"] = last->reference;
    }
    monitors.push_back(std::move(json));
  }
  Json alerts = Json::array();
  for (const store::OutboxRow& alert : standing.alerts) {
    alerts.push_back(Json{{"monitor", alert.monitor},
                          {"channel", alert.channel},
                          {"state", alert.state},
                          {"attempts", alert.attempts},
                          {"next_at", alert.next_at},
                          {"error", alert.error}});
  }
  return Json{{"monitors", std::move(monitors)}, {"alerts", std::move(alerts)}};
}

}  // namespace assay::monitor
