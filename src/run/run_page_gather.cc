// The reading side of run_page.h.
#include <algorithm>
#include <set>
#include <utility>

#include "contract/project.h"
#include "engine/sql_text.h"
#include "run/dataset.h"
#include "run/refused_rows.h"
#include "run/run_page.h"

namespace assay::run {
namespace {

constexpr std::size_t kMostSamples = 30;
constexpr std::size_t kSampleRows = 20;
constexpr std::size_t kMostSampleColumns = 20;
constexpr const char* kOurColumns[] = {"_assay_reasons", "_assay_file", "_assay_row"};

std::string ProjectName(const Session& session) {
  contract::Diagnostics ignored;
  const auto project = session.LoadProject(ignored);
  return project ? project->name : "";
}

bool IsOurs(const std::string& column) {
  return std::find(std::begin(kOurColumns), std::end(kOurColumns), column) != std::end(kOurColumns);
}

// Columns that a check of the gate found bad rows in: they are shown before others.
std::set<std::string> ColumnsFoundBad(const RunRecord& record, const std::string& gate) {
  std::set<std::string> columns;
  for (const Json& verdict : record.verdicts) {
    if (!verdict.is_object() || verdict.value("gate", "") != gate) continue;
    for (const Json& check : verdict.value("checks", Json::array())) {
      if (check.value("bad", std::int64_t{0}) > 0) columns.insert(check.value("column", ""));
    }
  }
  return columns;
}

// Reasons and place, then at most so many others in their order, those of `wanted` in any case.
std::vector<std::string> ColumnsToShow(const Schema& schema, const std::set<std::string>& wanted,
                                       std::size_t& left_out) {
  std::vector<std::string> ours, others;
  std::size_t room = kMostSampleColumns;
  for (const Field& field : schema) {
    if (!IsOurs(field.name) && wanted.contains(field.name) && room > 0) --room;
  }
  std::size_t wanted_room = kMostSampleColumns - room;
  for (const Field& field : schema) {
    if (IsOurs(field.name)) continue;
    std::size_t& left = wanted.contains(field.name) ? wanted_room : room;
    if (left == 0) {
      ++left_out;
      continue;
    }
    --left;
    others.push_back(field.name);
  }
  for (const char* name : kOurColumns) {
    const bool there = std::any_of(schema.begin(), schema.end(),
                                   [&](const Field& field) { return field.name == name; });
    if (there) ours.emplace_back(name);
  }
  ours.insert(ours.end(), others.begin(), others.end());
  return ours;
}

Status ReadSample(Session& session, const RunRecord& record, const store::QuarantineRow& row,
                  RefusedSample& sample) {
  TRY_ASSIGN(const store::Table table, store::ParseTableJson(row.table));
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const auto columns =
      ColumnsToShow(table.schema, ColumnsFoundBad(record, row.gate), sample.left_out);
  TRY_ASSIGN(RefusedRows refused,
             ReadRefused(session.objects(), *engine, row.gate, table, columns, kSampleRows));
  sample.grid = std::move(refused.grid);
  for (const auto& origins : refused.origins) sample.origins.push_back(OriginsText(origins));
  return {};
}

Result<std::optional<RefusedSample>> SampleOf(Session& session, const RunRecord& record,
                                              const store::NodeRun& node) {
  TRY_ASSIGN(const auto rows, session.catalog().Quarantines(node.node));
  for (const store::QuarantineRow& row : rows) {
    if (row.fingerprint != node.fingerprint) continue;
    RefusedSample sample;
    sample.node = node.node;
    sample.rows = row.rows;
    for (const auto& [name, count] : row.reasons.items()) {
      if (count.is_number_unsigned()) sample.reasons.emplace_back(name, count.get<std::uint64_t>());
    }
    std::stable_sort(sample.reasons.begin(), sample.reasons.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    const Status read = ReadSample(session, record, row, sample);
    if (!read.ok()) sample.note = "the rows cannot be read: " + read.error().message;
    return std::optional<RefusedSample>(std::move(sample));
  }
  return std::optional<RefusedSample>();
}

Status ReadProfiles(Session& session, const store::Commit& commit, MadeVersion& made) {
  TRY_ASSIGN(const std::string text, session.objects().Get(commit.profile));
  TRY_ASSIGN(const Json profile, ParseJson(text));
  const Json body = profile.is_object() ? profile.value("assay.profile/1", Json::object()) : Json();
  for (const store::SplitTable& split : commit.tables) {
    if (split.rows == 0) continue;
    const Json::json_pointer place("/splits/" + split.name + "/columns");
    if (!body.contains(place)) continue;
    TRY_ASSIGN(auto columns, stats::ParseProfileJson(body[place]));
    made.profiles.emplace_back(split.name, std::move(columns));
  }
  return {};
}

Status ReadVersion(Session& session, MadeVersion& made) {
  TRY_ASSIGN(const store::Commit commit, ReadCommit(session.objects(), made.version.commit));
  if (commit.label.is_object()) made.label = commit.label.value("column", "");
  for (const store::SplitTable& split : commit.tables) {
    made.splits.emplace_back(split.name, split.rows);
  }
  return ReadProfiles(session, commit, made);
}

}  // namespace

Result<RunPage> GatherRunPage(Session& session, const std::string& run) {
  RunPage page;
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  TRY_ASSIGN(page.record, FindRunRecord(*catalog, run));
  TRY(AddKeptVerdicts(*catalog, page.record));
  page.project = ProjectName(session);
  for (const store::NodeRun& node : page.record.nodes) {
    if (node.rows_refused == 0 && node.verdict != "warn" && node.verdict != "fail") continue;
    TRY_ASSIGN(auto sample, SampleOf(session, page.record, node));
    if (!sample) continue;
    if (page.refused.size() == kMostSamples) {
      ++page.refused_left_out;
    } else {
      page.refused.push_back(std::move(*sample));
    }
  }
  for (const RunVersion& version : page.record.versions) {
    if (!version.made) continue;
    MadeVersion made;
    made.version = version;
    const Status read = ReadVersion(session, made);
    if (!read.ok()) made.note = "it cannot be read: " + read.error().message;
    page.made.push_back(std::move(made));
  }
  return page;
}

}  // namespace assay::run
