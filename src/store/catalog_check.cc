// What `verify` and `gc` ask of the catalog.
#include <algorithm>
#include <array>
#include <set>

#include "store/catalog_state.h"
#include "store/json_place.h"
#include "store/object_id.h"

namespace assay::store {
namespace {

// Calls `take` with the sha256 of each member of this name, at any depth. Without recursion: a
// damaged catalog may hold anything.
template <typename Take>
void EachObjectMember(const Json& root, Take take) {
  std::vector<const Json*> open = {&root};
  while (!open.empty()) {
    const Json& json = *open.back();
    open.pop_back();
    if (!json.is_structured()) continue;
    for (auto member = json.begin(); member != json.end(); ++member) {
      open.push_back(&*member);
      if (!json.is_object() || member.key() != "sha256" || !member->is_string()) continue;
      if (const std::string text = *member; IsSha256(text)) take(text);
    }
  }
}

}  // namespace

Result<std::vector<std::string>> Catalog::OldNodeResults(const std::string& border) {
  // A result may be in use under other names than its own, and after a change that was taken back
  // it is not the newest. SQLite takes a bare column from the row that has the maximum.
  constexpr auto kOld =
      "SELECT fingerprint FROM node_result AS old WHERE created_at <= ?1 AND rowid <> ("
      "SELECT max(rowid) FROM node_result WHERE node = old.node) AND fingerprint NOT IN ("
      "SELECT fingerprint FROM (SELECT fingerprint, max(run.rowid) FROM node_run JOIN run "
      "ON run.id = node_run.run WHERE node_run.status IN ('ran', 'cached') GROUP BY node)) "
      "ORDER BY fingerprint";
  TRY_ASSIGN(Statement statement, state_->database->Query(kOld, border));
  std::vector<std::string> old;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return old;
    old.push_back(statement.Text(0));
  }
}

Result<Catalog::Named> Catalog::NamedObjects(const std::set<std::string>& old) {
  // Every id in these texts is taken for an object's. Those that are none do no harm: gc only asks
  // whether an object that is there is among them.
  constexpr std::array kTexts = {
      "SELECT fingerprint, manifest || ' ' || result FROM node_result",
      // Refused rows are always kept, also those of a result that is forgotten.
      "SELECT '', \"table\" || ' ' || reasons FROM quarantine",
      "SELECT '', commit_id FROM model",
      "SELECT '', sha256 || ' ' || \"table\" FROM feedback_batch",
      "SELECT '', id FROM drift",
      "SELECT '', state FROM load_state",
  };
  std::set<std::string> ids, tables;
  for (const char* const sql : kTexts) {
    TRY_ASSIGN(Statement statement, state_->database->Query(sql));
    for (;;) {
      TRY_ASSIGN(const bool more, statement.Step());
      if (!more) break;
      if (old.contains(statement.Text(0))) continue;
      const std::string text = statement.Text(1);
      EachSha256(text, [&](std::string sha256) { ids.insert(std::move(sha256)); });
      // Old refused rows are kept, but not all that they were chosen from.
      if (statement.Text(0).empty()) continue;
      EachTableOfLineage(text, [&](std::string sha256) { tables.insert(std::move(sha256)); });
    }
  }
  return Named{{ids.begin(), ids.end()}, {tables.begin(), tables.end()}};
}

Result<std::vector<std::string>> Catalog::NamingTexts() {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT id FROM model UNION SELECT id FROM decision"));
  std::vector<std::string> ids;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return ids;
    ids.push_back(statement.Text(0));
  }
}

Result<std::vector<NeededObject>> Catalog::NeededObjects() {
  std::vector<NeededObject> needed;
  constexpr std::array kTexts = {
      "SELECT 'the result of node ' || node || ' (' || fingerprint || ')', result FROM node_result",
      "SELECT 'the quarantine of gate ' || gate || ' (' || fingerprint || ')', \"table\" "
      "FROM quarantine",
      "SELECT 'a batch of feedback (' || location || ')', \"table\" FROM feedback_batch",
      "SELECT 'model ' || name || '@v' || number, json_object('sha256', id) FROM model",
      "SELECT 'a decision of ' || policy, json_object('sha256', id) FROM decision",
      "SELECT 'a result of monitor ' || monitor, json_object('sha256', id) FROM drift",
      "SELECT 'what source ' || source || ' fetched', state FROM load_state",
  };
  for (const char* const sql : kTexts) {
    TRY_ASSIGN(Statement statement, state_->database->Query(sql));
    for (;;) {
      TRY_ASSIGN(const bool more, statement.Step());
      if (!more) break;
      const std::string who = statement.Text(0);
      TRY_ASSIGN(const Json json, ColumnJson(statement.Text(1), who));
      EachObjectMember(json, [&](const std::string& sha256) {
        needed.push_back(NeededObject{sha256, who, std::nullopt});
      });
    }
  }
  TRY_ASSIGN(Statement statement, state_->database->Query("SELECT sha256, bytes FROM object"));
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return needed;
    needed.push_back(NeededObject{statement.Text(0), "the catalog's list", statement.Count(1)});
  }
}

Status Catalog::Forget(const Swept& swept) {
  Database& database = *state_->database;
  for (const std::string& id : swept.commits) {
    TRY(database.Run("DELETE FROM \"commit\" WHERE id = ?1", id));
  }
  for (const std::string& sha256 : swept.objects) {
    TRY(database.Run("DELETE FROM object WHERE sha256 = ?1", sha256));
  }
  for (const std::string& fingerprint : swept.node_results) {
    TRY(database.Run("DELETE FROM node_result WHERE fingerprint = ?1", fingerprint));
  }
  return {};
}

Status Catalog::CheckIntegrity() {
  std::string problems;
  for (const char* const sql : {"PRAGMA integrity_check(10)", "PRAGMA foreign_key_check"}) {
    TRY_ASSIGN(Statement statement, state_->database->Query(sql));
    for (;;) {
      TRY_ASSIGN(const bool more, statement.Step());
      if (!more) break;
      std::string line = statement.Text(0);
      if (line == "ok") continue;
      if (std::string_view(sql) == "PRAGMA foreign_key_check") {
        line = "a row of " + line + " points at a missing row of " + statement.Text(2);
      }
      std::replace(line.begin(), line.end(), '\n', ' ');
      problems += (problems.empty() ? "" : "; ") + Shown(line);
    }
  }
  if (problems.empty()) return {};
  return Error{ErrorCode::kData, "the catalog is damaged: " + problems,
               "restore catalog.sqlite from a backup, or try `sqlite3 catalog.sqlite .recover`"};
}

}  // namespace assay::store
