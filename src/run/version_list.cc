#include "run/version_list.h"

#include <utility>

namespace assay::run {
namespace {

std::uint64_t RowsOf(const store::Commit& commit) {
  std::uint64_t rows = 0;
  for (const store::SplitTable& split : commit.tables) rows += split.rows;
  return rows;
}

std::string RefsText(const std::vector<store::RefRow>& refs, const std::string& commit) {
  std::string text;
  for (const store::RefRow& ref : refs) {
    if (ref.commit == commit) text += (text.empty() ? "" : ", ") + ref.name;
  }
  return text;
}

}  // namespace

Result<std::vector<DatasetHead>> DatasetHeads(Session& session) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  TRY_ASSIGN(const auto names, catalog->Datasets());
  std::vector<DatasetHead> heads;
  for (const std::string& name : names) {
    TRY_ASSIGN(DatasetHead head, FindDatasetHead(session, name));
    heads.push_back(std::move(head));
  }
  return heads;
}

Result<DatasetHead> FindDatasetHead(Session& session, const std::string& name) {
  DatasetHead head;
  TRY_ASSIGN(head.latest, FindVersion(session, name + "@latest"));
  head.name = head.latest.dataset;
  head.rows = RowsOf(head.latest.body);
  return head;
}

Json DatasetHeadJson(const DatasetHead& head) {
  return Json{{"name", head.name},
              {"latest", head.latest.number},
              {"rows", head.rows},
              {"version", head.latest.body.version},
              {"commit", head.latest.commit},
              {"created_at", head.latest.body.created_at}};
}

Result<std::vector<HistoryEntry>> VersionHistory(Session& session, const std::string& text,
                                                 std::size_t limit) {
  // Names that do not exist get their nearest neighbour from the resolver.
  TRY_ASSIGN(const NamedVersion head, FindVersion(session, text));
  TRY_ASSIGN(const auto refs, session.catalog().Refs(head.dataset));
  std::vector<HistoryEntry> history;
  std::string at = head.commit;
  while (!at.empty() && (limit == 0 || history.size() < limit)) {
    HistoryEntry entry;
    TRY_ASSIGN(entry.version, FindVersion(session, "@commit:" + at, head.dataset));
    entry.rows = RowsOf(entry.version.body);
    entry.refs = RefsText(refs, at);
    const std::vector<std::string>& parents = entry.version.body.parents;
    at = parents.empty() ? "" : parents[0];
    history.push_back(std::move(entry));
  }
  return history;
}

Json HistoryEntryJson(const HistoryEntry& entry) {
  const store::Commit& commit = entry.version.body;
  return Json{{"commit", entry.version.commit},
              {"version", commit.version},
              {"number", entry.version.number},
              {"refs", entry.refs},
              {"rows", entry.rows},
              {"created_at", commit.created_at},
              {"created_by", commit.created_by},
              {"message", commit.message}};
}

Result<Json> VersionJson(Session& session, const NamedVersion& version) {
  TRY_ASSIGN(const std::string text, session.objects().Get(version.commit));
  TRY_ASSIGN(const Json body, ParseJson(text));
  return Json{{"number", version.number},
              {"commit", version.commit},
              {"body", body.value("assay.commit/1", Json::object())}};
}

}  // namespace assay::run
