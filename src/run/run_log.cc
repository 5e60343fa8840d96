#include "run/run_log.h"

#include <algorithm>
#include <limits>

#include "base/clock.h"
#include "base/nearest.h"
#include "contract/amount_text.h"
#include "contract/number_text.h"

namespace assay::run {
namespace {

// As exact as the times of what was told: else an end could stand behind what came after it.
constexpr std::int64_t kMicrosOfMilli = 1000;

struct Timed {
  std::int64_t at = 0;
  RunLogLine line;
};

std::string EndText(const store::NodeRun& node) {
  std::string text = node.status;
  if (node.status == "ran") {
    text += ": " + contract::RowsText(node.rows_out);
    if (node.rows_refused > 0) text += ", " + contract::GroupedText(node.rows_refused) + " refused";
    if (!node.verdict.empty()) text += ", " + node.verdict;
  } else if (!node.reason.empty() && node.status != "failed") {
    text += ": " + node.reason;
  }
  return text;
}

void AddLines(const store::NodeRun& node, std::vector<Timed>& lines) {
  const NodeDetail detail = DetailOf(node);
  // Without a time of its own a line stands behind the one before it.
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (const LogLine& line : detail.log) {
    last = std::max(last, MicrosOf(line.at).value_or(last));
    lines.push_back({last, {line.at, node.node, "told", line.text}});
  }
  const auto span = SpanOf(node);
  if (span) last = std::max(last, span->end - span->end % kMicrosOfMilli);
  const std::string at = span ? UtcMillisText(span->end) : "";
  for (const std::string& warning : detail.warnings) {
    lines.push_back({last, {at, node.node, "warning", warning}});
  }
  if (!node.error.empty()) {
    lines.push_back({last, {at, node.node, "error", node.error}});
  }
  if (span || !node.error.empty() || !detail.log.empty()) {
    lines.push_back({last, {at, node.node, "ended", EndText(node)}});
  }
}

}  // namespace

std::optional<std::int64_t> MicrosOf(const std::string& utc) {
  const auto time = contract::ParseTime(utc);
  if (!time.ok()) return std::nullopt;
  return contract::TimeMicros(*time);
}

std::optional<NodeSpan> SpanOf(const store::NodeRun& node) {
  const auto begin = MicrosOf(DetailOf(node).started_at);
  constexpr double kLongest = 1e9;  // seconds: a record that says more is damaged
  if (!begin || !(node.seconds >= 0 && node.seconds < kLongest)) return std::nullopt;
  return NodeSpan{*begin, *begin + static_cast<std::int64_t>(node.seconds * 1e6)};
}

Result<std::vector<RunLogLine>> RunLog(const RunRecord& record, const std::string& node) {
  std::vector<Timed> timed;
  std::vector<std::string> names;
  bool found = node.empty();
  for (const store::NodeRun& each : record.nodes) {
    names.push_back(each.node);
    if (!node.empty() && each.node != node) continue;
    found = true;
    AddLines(each, timed);
  }
  if (!found) {
    const std::string near = NearestName(node, names);
    return Error{ErrorCode::kUser, "no node of this run: " + node,
                 near.empty() ? "`assay runs show " + record.run.id + "` lists them"
                              : "did you mean " + near + "?"};
  }
  std::stable_sort(timed.begin(), timed.end(),
                   [](const Timed& a, const Timed& b) { return a.at < b.at; });
  std::vector<RunLogLine> lines;
  lines.reserve(timed.size());
  for (Timed& each : timed) lines.push_back(std::move(each.line));
  return lines;
}

Json RunLogJson(const std::vector<RunLogLine>& lines) {
  Json list = Json::array();
  for (const RunLogLine& line : lines) {
    list.push_back(
        Json{{"at", line.at}, {"node", line.node}, {"kind", line.kind}, {"text", line.text}});
  }
  return list;
}

}  // namespace assay::run
