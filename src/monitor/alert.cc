#include "monitor/alert.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "monitor/webhook.h"
#include "run/command.h"
#include "store/staged_file.h"

namespace assay::monitor {
namespace {

constexpr auto kWebhook = "webhook";
constexpr auto kCommand = "command";
constexpr std::int64_t kFirstWaitSeconds = 30;
constexpr std::int64_t kCommandSeconds = 60;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

Status SendToCommand(run::Session& session, const contract::Monitor& monitor, const Json& body) {
  const store::StagedFile event(session.objects().StagingPath(".json"));
  const store::StagedFile log(session.objects().StagingPath(".log"));
  std::ofstream(event.path()) << body.dump() << '\n';
  run::CommandRequest request;
  request.argv = monitor.command->argv;
  request.folder = session.folder();
  request.added = {{"ASSAY_EVENT", event.path().string()}, {"ASSAY_MONITOR", monitor.name}};
  request.log = log.path();
  request.max_seconds = kCommandSeconds;
  TRY_ASSIGN(const run::CommandEnd end, run::RunCommand(request));
  if (end.failure.empty()) return {};
  return Error{ErrorCode::kIo, "the command " + end.failure, ""};
}

Status SendOne(run::Session& session, const contract::Monitor& monitor,
               const store::OutboxRow& row) {
  if (row.channel == kCommand && monitor.command) return SendToCommand(session, monitor, row.body);
  if (row.channel == kWebhook && !monitor.webhook.empty()) {
    return PostWebhook({.url = monitor.webhook, .body = row.body.dump()});
  }
  return Error{ErrorCode::kUser, "the monitor has no " + row.channel + " any more", ""};
}

}  // namespace

Status QueueAlerts(run::Session& session, const contract::Monitor& monitor, const std::string& id,
                   const Json& data) {
  const std::string now = UtcText(session.clock().NowMicros());
  const Json event{{"specversion", "1.0"},
                   {"id", id},
                   {"source", "/monitors/" + monitor.name},
                   {"type", "assay.monitor.judged"},
                   {"time", now},
                   {"datacontenttype", "application/json"},
                   {"data", data}};
  store::Outbox outbox(session.catalog());
  store::OutboxRow row;
  row.monitor = monitor.name;
  row.body = event;
  row.next_at = now;
  row.created_at = now;
  if (!monitor.webhook.empty()) {
    row.channel = kWebhook;
    TRY(outbox.Put(row));
  }
  if (monitor.command) {
    row.channel = kCommand;
    TRY(outbox.Put(row));
  }
  return {};
}

Result<std::vector<Sent>> SendAlerts(run::Session& session, const contract::Project& project) {
  store::Outbox outbox(session.catalog());
  const std::int64_t now = session.clock().NowMicros();
  TRY_ASSIGN(const auto due, outbox.Due(UtcText(now)));
  std::vector<Sent> all;
  for (store::OutboxRow row : due) {
    const auto monitor =
        std::find_if(project.monitors.begin(), project.monitors.end(),
                     [&](const contract::Monitor& each) { return each.name == row.monitor; });
    const bool declared = monitor != project.monitors.end();
    const Status status =
        declared ? SendOne(session, *monitor, row)
                 : Status(Error{ErrorCode::kUser, "the project has no such monitor any more", ""});
    ++row.attempts;
    row.error = status.ok() ? "" : status.error().message;
    const bool hopeless = !status.ok() && status.error().code == ErrorCode::kUser;
    if (status.ok()) {
      row.state = "sent";
    } else if (hopeless || row.attempts >= kMostAttempts) {
      row.state = "failed";
    } else {
      const std::int64_t wait = kFirstWaitSeconds << (row.attempts - 1);
      row.next_at = UtcText(now + wait * kMicrosPerSecond);
    }
    TRY(outbox.Update(row));
    all.push_back({row.monitor, row.channel, row.error, row.state == "failed"});
  }
  return all;
}

}  // namespace assay::monitor
