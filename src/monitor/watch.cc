#include "monitor/watch.h"

#include <algorithm>
#include <cstdlib>

#include "base/nearest.h"
#include "monitor/alert.h"
#include "monitor/skew.h"
#include "monitor/subject.h"
#include "monitor/version_side.h"
#include "run/node_output.h"
#include "store/drift_log.h"

namespace assay::monitor {
namespace {

constexpr auto kDriftText = "assay.drift/1";
constexpr double kMillion = 1'000'000;

DriftOptions OptionsOf(const contract::Monitor& monitor) {
  DriftOptions options;
  options.columns = monitor.columns;
  options.drift_share = static_cast<double>(monitor.drift_share) / kMillion;
  for (const auto& [column, name] : monitor.methods) {
    if (const auto method = ParseMethod(name); method.ok()) options.methods[column] = *method;
  }
  for (const auto& [column, number] : monitor.thresholds) {
    options.thresholds[column] = std::strtod(number.c_str(), nullptr);
  }
  return options;
}

std::string Summary(const DriftReport& report) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (report.schema_drift()) {
    std::string columns;
    for (const SchemaChange& change : report.schema) {
      columns += (columns.empty() ? "" : ", ") + change.column;
    }
    add("schema_drift: " + columns);
  }
  if (report.label_drift()) add("label_drift: " + report.label->column);
  if (report.data_drift()) {
    std::string columns;
    for (const ColumnDrift& column : report.columns) {
      if (column.drifted) columns += (columns.empty() ? "" : ", ") + column.column;
    }
    add("data_drift: " + columns);
  }
  if (!text.empty()) return text;
  return std::to_string(report.drifted_columns()) + " of " +
         std::to_string(report.judged_columns()) + " columns drifted";
}

std::string Summary(const SkewReport& report) {
  std::string text;
  for (const ColumnSkew& column : report.columns) {
    if (column.different == 0) continue;
    text += (text.empty() ? "train_serve_skew: " : ", ") + column.column +
            (column.prepared ? " (prepared)" : "") + " in " + std::to_string(column.different) +
            " of " + std::to_string(column.compared);
  }
  if (!text.empty()) return text;
  return std::to_string(report.joined) + " of " + std::to_string(report.requests) +
         " requests joined, all as the pipeline makes them";
}

Status CompareSkew(run::Session& session, const contract::Monitor& monitor, MonitorResult& result) {
  TRY_ASSIGN(const store::Table rows, run::NewestOutput(session.catalog(), monitor.against));
  TRY_ASSIGN(const SkewReport report,
             FindSkew(session, {monitor.skew, monitor.id, monitor.columns}, rows, monitor.against));
  if (report.joined == 0) {
    return Error{ErrorCode::kUser,
                 report.requests == 0
                     ? "no request was logged for stream " + monitor.skew
                     : "no id of the requests is in " + monitor.against + "." + monitor.id,
                 report.requests == 0 ? "ask the server with an `id` and a `stream`"
                                      : "name the column with `id`"};
  }
  result.body = SkewJson(report);
  result.verdict = report.skewed() ? "drift" : "pass";
  result.summary = Summary(report);
  return {};
}

Status CompareRows(run::Session& session, const contract::Monitor& monitor, MonitorResult& result) {
  TRY_ASSIGN(const run::NamedVersion version, FindReference(session, monitor.reference));
  TRY_ASSIGN(const DriftSide reference, SideOfVersion(session, version, monitor.split, true));
  TRY_ASSIGN(const Subject subject, FindSubject(session, monitor.watch, version, "", true));
  result.reference = reference.name;
  TRY_ASSIGN(DriftReport report, FindDrift(reference, subject.side, OptionsOf(monitor),
                                           [&session] { return session.Engine(); }));
  report.split = monitor.split;
  result.body = DriftJson(report);
  result.verdict = report.drifted() ? "drift" : "pass";
  result.summary = Summary(report);
  return {};
}

Status Keep(run::Session& session, const contract::Monitor& monitor, MonitorResult& result) {
  TRY_ASSIGN(const std::string text, HashedText(kDriftText, result.body));
  TRY_ASSIGN(result.id, session.objects().Put(text));
  const std::string now = UtcText(session.clock().NowMicros());
  const Json told{{"monitor", monitor.name},
                  {"subject", result.subject},
                  {"reference", result.reference},
                  {"verdict", result.verdict},
                  {"result", result.id},
                  {"summary", result.summary},
                  {"owner", OwnerText(monitor.owner)}};
  store::Catalog& catalog = session.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY(store::DriftLog(catalog).Put({.id = result.id,
                                    .monitor = monitor.name,
                                    .subject = result.subject,
                                    .reference = result.reference,
                                    .verdict = result.verdict,
                                    .created_at = now}));
  TRY(catalog.AddEvent("monitor.judged", "", told));
  if (result.verdict == "drift") {
    TRY(QueueAlerts(session, monitor, result.id + "-" + NewRunId(session.clock()), told));
  }
  return transaction.Commit();
}

}  // namespace

Result<std::vector<MonitorResult>> RunMonitors(run::Session& session,
                                               const contract::Project& project,
                                               const std::vector<std::string>& names) {
  std::vector<std::string> known;
  known.reserve(project.monitors.size());
  for (const contract::Monitor& monitor : project.monitors) known.push_back(monitor.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = NearestName(name, known);
    return Error{ErrorCode::kUser, "no such monitor: " + name,
                 nearest.empty() ? "monitors stand under `monitors:` in assay.yaml"
                                 : "did you mean " + nearest + "?"};
  }
  std::vector<MonitorResult> results;
  for (const contract::Monitor& monitor : project.monitors) {
    const bool wanted =
        names.empty() || std::find(names.begin(), names.end(), monitor.name) != names.end();
    if (!wanted) continue;
    MonitorResult result;
    result.monitor = monitor.name;
    result.subject = monitor.skew.empty() ? monitor.watch : monitor.skew + ".requests";
    result.reference = monitor.skew.empty() ? monitor.reference : monitor.against;
    Status status = monitor.skew.empty() ? CompareRows(session, monitor, result)
                                         : CompareSkew(session, monitor, result);
    if (status.ok()) status = Keep(session, monitor, result);
    if (!status.ok()) {
      result.verdict = "error";
      result.error = std::move(status).error().While(PlaceText(monitor.place) + ": monitor `" +
                                                     monitor.name + "`");
    }
    session.CloseEngines();
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace assay::monitor
