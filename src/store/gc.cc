// `assay dataset gc`: mark what something names, sweep the rest.
#include <set>

#include "store/maintenance.h"
#include "store/object_id.h"

namespace assay::store {
namespace {

// Marks commits, models and decisions, and every object their texts name. The ids are taken from
// the bytes of the text, not from the members known today: a commit that a later program wrote may
// name more.
class Marker {
 public:
  Marker(const ObjectStore& objects, const std::vector<CommitRow>& commits,
         const std::vector<std::string>& naming)
      : objects_(objects), known_(naming.begin(), naming.end()) {
    for (const CommitRow& commit : commits) known_.insert(commit.id);
  }

  // What a lineage names: without it a row cannot be followed further, and that is all.
  void AddTable(const std::string& sha256) {
    known_.insert(sha256);
    tables_.insert(sha256);
    Add(sha256);
  }

  void Add(const std::string& sha256) {
    if (marked_.insert(sha256).second && known_.contains(sha256)) open_.push_back(sha256);
  }

  // Follows the texts added so far to what they name, commits to their parents. One that cannot be
  // read is an error: what it names is not known, so nothing may be deleted.
  Status Follow() {
    while (!open_.empty()) {
      const std::string id = open_.back();
      open_.pop_back();
      auto read = objects_.Get(id);
      if (!read.ok() && tables_.contains(id)) continue;
      TRY_ASSIGN(const std::string text, std::move(read).While("reading a commit"));
      EachTableOfLineage(text, [&](const std::string& sha256) { AddTable(sha256); });
      EachSha256(text, [&](const std::string& sha256) { Add(sha256); });
    }
    return {};
  }

  bool Has(const std::string& sha256) const { return marked_.contains(sha256); }

 private:
  const ObjectStore& objects_;
  std::set<std::string> known_, tables_, marked_;
  std::vector<std::string> open_;
};

}  // namespace

Result<GcReport> CollectGarbage(Catalog& catalog, ObjectStore& objects, const Clock& clock,
                                std::int64_t grace_seconds, bool dry_run) {
  const std::int64_t border_micros = clock.NowMicros() - grace_seconds * 1'000'000;
  const std::string border = UtcText(border_micros);
  TRY_ASSIGN(const std::vector<CommitRow> commits, catalog.Commits(""));
  TRY_ASSIGN(const std::vector<RefRow> refs, catalog.Refs(""));
  Catalog::Swept lost;
  TRY_ASSIGN(lost.node_results, catalog.OldNodeResults(border));
  TRY_ASSIGN(const Catalog::Named named,
             catalog.NamedObjects({lost.node_results.begin(), lost.node_results.end()}));

  TRY_ASSIGN(const std::vector<std::string> naming, catalog.NamingTexts());

  Marker marker(objects, commits, naming);
  for (const RefRow& ref : refs) marker.Add(ref.commit);
  for (const CommitRow& commit : commits) {
    if (commit.created_at > border) marker.Add(commit.id);
  }
  for (const std::string& sha256 : named.tables) marker.AddTable(sha256);
  for (const std::string& sha256 : named.ids) marker.Add(sha256);
  for (const std::string& sha256 : naming) marker.Add(sha256);
  TRY(marker.Follow());

  GcReport report;
  TRY(objects.ForEach([&](const std::string& sha256, std::uint64_t bytes, std::int64_t modified) {
    if (marker.Has(sha256) || modified > border_micros / 1'000'000) {
      ++report.kept;
      report.kept_bytes += bytes;
    } else {
      report.swept.push_back(sha256);
      report.swept_bytes += bytes;
    }
  }));
  report.node_results = lost.node_results.size();
  if (dry_run) return report;

  for (const CommitRow& commit : commits) {
    if (!marker.Has(commit.id)) lost.commits.push_back(commit.id);
  }
  lost.objects = report.swept;
  // The catalog first: a sweep that is cut short leaves objects without a name, which the next one
  // finds, and never a name without its object.
  Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  TRY(catalog.Forget(lost));
  TRY(transaction.Commit());
  for (const std::string& sha256 : report.swept) TRY(objects.Remove(sha256));
  return report;
}

}  // namespace assay::store
