// Commits and the names that point at them (docs/design/0001, section 12).
#include <algorithm>

#include "base/nearest.h"
#include "store/catalog_state.h"
#include "store/object_id.h"

namespace assay::store {
namespace {

constexpr std::size_t kMinDigits = 8;

Result<std::vector<CommitRow>> AllCommits(Statement statement) {
  std::vector<CommitRow> commits;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return commits;
    commits.push_back(CommitRow{.id = statement.Text(0),
                                .dataset = statement.Text(1),
                                .version = statement.Text(2),
                                .run = statement.Text(3),
                                .created_at = statement.Text(4)});
  }
}

Result<std::vector<std::string>> AllTexts(Statement statement) {
  std::vector<std::string> texts;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return texts;
    texts.push_back(statement.Text(0));
  }
}

// `a, b, c`, cut when there are many.
std::string List(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    text += (i > 0 ? ", " : "") + names[i];
  }
  return names.size() > kShown ? text + ", ..." : text;
}

std::string Hint(const std::string& word, const std::vector<std::string>& known) {
  const std::string nearest = NearestName(word, known);
  if (!nearest.empty()) return "did you mean " + nearest + "?";
  return "known are: " + List(known);
}

bool IsVersionName(const std::string& ref) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return ref.size() > 1 && ref[0] == 'v' && ref[1] != '0' &&
         std::all_of(ref.begin() + 1, ref.end(), digit);
}

Error UnknownDataset(const std::string& dataset, const std::vector<std::string>& known) {
  if (known.empty()) {
    return {ErrorCode::kUser, "no dataset has been committed yet: " + dataset,
            "run `assay run` first"};
  }
  return {ErrorCode::kUser, "no such dataset: " + dataset, Hint(dataset, known)};
}

// The commit whose id or version begins with the digits. A version may have several commits: the
// first of them is the one that its number points at.
Result<std::string> ResolveDigits(Database& database, const std::string& dataset,
                                  const std::string& kind, const std::string& digits) {
  const std::string what = dataset + "@" + kind + ":" + digits;
  const bool hex = std::all_of(digits.begin(), digits.end(), IsLowerHex);
  if (!hex || digits.size() < kMinDigits || digits.size() > 64) {
    return Error{ErrorCode::kUser, "not an id: " + what, "give 8 to 64 hex digits in lower case"};
  }
  constexpr auto kByCommit =
      "SELECT id, dataset, version, run, created_at FROM \"commit\" WHERE dataset = ?1 AND "
      "substr(id, 1, length(?2)) = ?2 ORDER BY created_at, id";
  constexpr auto kByVersion =
      "SELECT id, dataset, version, run, created_at FROM \"commit\" WHERE dataset = ?1 AND "
      "substr(version, 1, length(?2)) = ?2 ORDER BY created_at, id";
  const bool by_commit = kind == "commit";
  TRY_ASSIGN(Statement statement,
             database.Query(by_commit ? kByCommit : kByVersion, dataset, digits));
  TRY_ASSIGN(const std::vector<CommitRow> found, AllCommits(std::move(statement)));
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (const CommitRow& commit : found) ids.push_back(by_commit ? commit.id : commit.version);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.empty()) {
    return Error{ErrorCode::kUser, "no such " + kind + ": " + what,
                 "`assay dataset log " + dataset + "` lists them"};
  }
  if (ids.size() > 1) {
    return Error{ErrorCode::kUser, std::to_string(ids.size()) + " ids begin like this: " + what,
                 "give more digits of one of them: " + List(ids)};
  }
  return found[0].id;
}

}  // namespace

Status Catalog::PutCommit(const CommitRow& commit) {
  // The same commit again is the same text, so there is nothing to change.
  return state_->database->Run(
      "INSERT INTO \"commit\" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", commit.id,
      commit.dataset, commit.version, commit.run, commit.created_at);
}

Result<std::vector<CommitRow>> Catalog::Commits(const std::string& dataset) {
  constexpr auto kAll = "SELECT * FROM \"commit\" ORDER BY rowid DESC";
  constexpr auto kOfDataset = "SELECT * FROM \"commit\" WHERE dataset = ?1 ORDER BY rowid DESC";
  TRY_ASSIGN(Statement statement, dataset.empty() ? state_->database->Query(kAll)
                                                  : state_->database->Query(kOfDataset, dataset));
  return AllCommits(std::move(statement));
}

Result<std::vector<std::string>> Catalog::Datasets() {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT DISTINCT dataset FROM \"commit\" ORDER BY dataset"));
  return AllTexts(std::move(statement));
}

Result<std::optional<std::string>> Catalog::FindRef(const std::string& dataset,
                                                    const std::string& kind,
                                                    const std::string& name) {
  TRY_ASSIGN(Statement statement,
             state_->database->Query("SELECT commit_id FROM ref WHERE dataset = ?1 AND kind = ?2 "
                                     "AND name = ?3",
                                     dataset, kind, name));
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return std::optional<std::string>();
  return std::optional(statement.Text(0));
}

Result<std::vector<RefRow>> Catalog::Refs(const std::string& dataset) {
  // v2 before v10: numbers of the same length compare like texts.
  TRY_ASSIGN(Statement statement,
             state_->database->Query(
                 "SELECT dataset, kind, name, commit_id FROM ref WHERE ?1 = '' OR dataset = ?1 "
                 "ORDER BY dataset, kind, CASE kind WHEN 'version' THEN length(name) END, name",
                 dataset));
  std::vector<RefRow> refs;
  for (;;) {
    TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return refs;
    refs.push_back(RefRow{.dataset = statement.Text(0),
                          .kind = statement.Text(1),
                          .name = statement.Text(2),
                          .commit = statement.Text(3)});
  }
}

Status Catalog::MoveRef(const RefRow& to, const std::optional<std::string>& expected) {
  Database& database = *state_->database;
  if (expected) {
    TRY(
        database.Run("UPDATE ref SET commit_id = ?1 WHERE dataset = ?2 AND kind = ?3 AND "
                     "name = ?4 AND commit_id = ?5",
                     to.commit, to.dataset, to.kind, to.name, *expected));
  } else {
    TRY(database.Run("INSERT INTO ref VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", to.dataset,
                     to.kind, to.name, to.commit));
  }
  if (database.Changes() == 1) return {};

  const std::string name = to.kind + " " + to.dataset + "@" + to.name;
  TRY_ASSIGN(Statement statement,
             database.Query("SELECT c.id, c.run, c.created_at FROM ref JOIN \"commit\" c ON "
                            "c.id = commit_id WHERE ref.dataset = ?1 AND kind = ?2 AND name = ?3",
                            to.dataset, to.kind, to.name));
  TRY_ASSIGN(const bool found, statement.Step());
  if (!found) return Error{ErrorCode::kIo, name + " was removed meanwhile", "run again"};
  return Error{ErrorCode::kIo,
               name + " was moved meanwhile: it stands at commit " + statement.Text(0) +
                   " of run " + statement.Text(1) + ", made at " + statement.Text(2),
               "run again, on top of that commit"};
}

Result<std::string> Catalog::VersionNumber(const std::string& dataset, const std::string& version) {
  TRY_ASSIGN(Statement statement,
             state_->database->Query(
                 "SELECT name FROM \"commit\" c JOIN ref ON commit_id = c.id WHERE "
                 "ref.dataset = ?1 AND kind = 'version' AND c.dataset = ?1 AND c.version = ?2 "
                 "ORDER BY length(name), name LIMIT 1",
                 dataset, version));
  TRY_ASSIGN(const bool found, statement.Step());
  return found ? statement.Text(0) : std::string();
}

Result<std::string> Catalog::Resolve(const std::string& dataset, const std::string& ref) {
  TRY_ASSIGN(const std::vector<std::string> datasets, Datasets());
  if (std::find(datasets.begin(), datasets.end(), dataset) == datasets.end()) {
    return UnknownDataset(dataset, datasets);
  }
  for (const char* const kind : {"version", "commit"}) {
    const std::string prefix = std::string(kind) + ":";
    if (ref.starts_with(prefix)) {
      return ResolveDigits(*state_->database, dataset, kind, ref.substr(prefix.size()));
    }
  }
  std::vector<std::pair<std::string, std::string>> places = {{kTag, ref}, {kBranch, ref}};
  if (ref.empty() || ref == "latest") places = {{kBranch, "main"}};
  if (IsVersionName(ref)) places = {{kVersion, ref}};
  for (const auto& [kind, name] : places) {
    TRY_ASSIGN(const std::optional<std::string> commit, FindRef(dataset, kind, name));
    if (commit) return *commit;
  }
  TRY_ASSIGN(const std::vector<RefRow> refs, Refs(dataset));
  std::vector<std::string> names;
  for (const RefRow& known : refs) {
    // A tag and a branch may share a name.
    if (std::find(names.begin(), names.end(), known.name) == names.end()) {
      names.push_back(known.name);
    }
  }
  if (places[0].second == "main") {
    return Error{ErrorCode::kUser, "nothing is on main of dataset: " + dataset,
                 names.empty() ? "" : "known are: " + List(names)};
  }
  return Error{ErrorCode::kUser, "no such ref: " + dataset + "@" + ref, Hint(ref, names)};
}

}  // namespace assay::store
