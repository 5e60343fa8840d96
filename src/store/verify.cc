// `assay dataset verify`: everything the store promises, checked as far as files and texts tell.
#include <map>
#include <set>

#include "base/hash.h"
#include "store/commit.h"
#include "store/json_place.h"
#include "store/maintenance.h"
#include "store/model_registry.h"

namespace assay::store {
namespace {

// Goes on after each problem, so that one damaged file does not hide another.
class Verifier {
 public:
  Verifier(Catalog& catalog, const ObjectStore& objects) : catalog_(catalog), objects_(objects) {}

  VerifyReport Run() {
    Note("", catalog_.CheckIntegrity());
    Note("", ReadCatalog());
    CheckObjects();
    CheckCommits();
    CheckRefs();
    CheckModels();
    CheckNeeded();
    return std::move(report_);
  }

 private:
  void Problem(const std::string& what) { report_.problems.push_back(what); }

  // Takes over an error as a problem; true when there was none.
  bool Note(const std::string& who, const Status& status) {
    if (!status.ok()) Problem(who + status.error().message);
    return status.ok();
  }

  // The value, or nothing after its error was noted.
  template <typename T>
  std::optional<T> ValueOf(const std::string& who, Result<T> result) {
    if (result.ok()) return std::move(result).value();
    Problem(who + result.error().message);
    return std::nullopt;
  }

  // Before the objects are listed, and at one moment: a run that goes on meanwhile puts an object
  // in its place before it records it, so whatever is named here must be in the list.
  Status ReadCatalog() {
    Catalog::Transaction reading(catalog_);
    TRY(reading.BeginReading());
    if (auto rows = ValueOf("", catalog_.Commits(""))) commit_rows_ = std::move(*rows);
    if (auto refs = ValueOf("", catalog_.Refs(""))) refs_ = std::move(*refs);
    if (auto needed = ValueOf("", catalog_.NeededObjects())) needed_ = std::move(*needed);
    if (auto models = ValueOf("", ModelRegistry(catalog_).Models())) models_ = std::move(*models);
    return reading.Commit();
  }

  void CheckObjects() {
    Note("", objects_.ForEach([&](const std::string& sha256, std::uint64_t bytes, std::int64_t) {
      sizes_[sha256] = bytes;
      report_.bytes += bytes;
    }));
    report_.objects = sizes_.size();
    for (const auto& [sha256, bytes] : sizes_) {
      if (!Note("", objects_.Verify(sha256))) damaged_.insert(sha256);
    }
  }

  // Notes an object that is missing or has another size than its owner says. A missing one is told
  // once for each owner, except to the catalog's list.
  void CheckObject(const std::string& who, const std::string& sha256,
                   const std::optional<std::uint64_t>& bytes) {
    const auto found = sizes_.find(sha256);
    if (found == sizes_.end()) {
      Problem(who + "object " + sha256 + " is missing");
      told_missing_.insert(sha256);
    } else if (bytes && *bytes != found->second) {
      Problem(who + "object " + sha256 + " has " + std::to_string(found->second) + " bytes, not " +
              std::to_string(*bytes));
    }
  }

  // A stored text must be the one canonical form of what it says.
  void CheckCanonical(const std::string& who, const std::string& text) {
    const auto json = ValueOf(who, ParseJson(text));
    if (!json) return;
    const auto canonical = ValueOf(who, CanonicalJson(*json));
    if (canonical && *canonical != text) Problem(who + "its text is not canonical JSON");
  }

  void CheckCommits() {
    for (const CommitRow& row : commit_rows_) commits_[row.id] = row.dataset;
    for (const CommitRow& row : commit_rows_) CheckCommit(row);
    report_.commits = commit_rows_.size();
  }

  void CheckCommit(const CommitRow& row) {
    const std::string who = "commit " + row.id + ": ";
    const Result<std::string> text = objects_.Get(row.id);
    if (!text.ok()) {
      // A damaged object was told with the objects.
      if (!sizes_.contains(row.id)) CheckObject(who, row.id, std::nullopt);
      return;
    }
    const auto commit = ValueOf("", ParseCommit(*text, "commit " + row.id));
    if (!commit) return;
    CheckCanonical(who, *text);
    if (commit->dataset != row.dataset || commit->version != row.version ||
        commit->run != row.run || commit->created_at != row.created_at) {
      Problem(who + "the catalog tells another dataset, version, run or time than its text");
    }
    const auto version = ValueOf(who, VersionId(*commit));
    if (version && *version != commit->version) {
      Problem(who + "names version " + commit->version + ", its splits make " + *version);
    }
    for (const std::string& parent : commit->parents) {
      if (!commits_.contains(parent)) Problem(who + "parent " + parent + " is not in the catalog");
    }
    for (const SplitTable& split : commit->tables) CheckSplit(who, split);
    for (const SplitTable& split : commit->prepared) CheckSplit(who + "prepared ", split);
    CheckOrigin(who, *commit);
  }

  void CheckSplit(const std::string& commit, const SplitTable& split) {
    const std::string who = commit + "split " + split.name + ": ";
    Uint128 split_rows = 0;
    for (std::size_t i = 0; i < split.partitions.size(); ++i) {
      const Partition& partition = split.partitions[i];
      Uint128 rows = 0;
      for (const FileRef& file : partition.files) {
        CheckObject(who, file.sha256, file.bytes);
        rows += file.rows;
      }
      if (rows != partition.rows) {
        Problem(who + "partition " + std::to_string(i) + " has " + std::to_string(partition.rows) +
                " rows, its files add up to another number");
      }
      split_rows += partition.rows;
    }
    if (split_rows != split.rows) {
      Problem(who + "has " + std::to_string(split.rows) +
              " rows, its partitions add up to another number");
    }
  }

  void CheckOrigin(const std::string& who, const Commit& commit) {
    for (const CommitSource& source : commit.sources) {
      for (const Receipt& receipt : source.receipts) {
        CheckObject(who + "receipt of " + source.name + ": ", receipt.sha256, receipt.bytes);
      }
    }
    const JsonPlace recipe(commit.recipe);
    if (recipe.Has("files")) Note(who + "/recipe", CheckRecipeFiles(who, recipe));
    if (commit.profile.empty()) Problem(who + "names no profile");
    CheckText(who + "profile: ", commit.profile, "assay.profile/1");
    CheckText(who + "preparation: ", commit.preparation, "assay.preparation/1");
  }

  // A stored text that a commit names; an empty id names none.
  void CheckText(const std::string& who, const std::string& id, const std::string& kind) {
    if (id.empty()) return;
    if (!sizes_.contains(id)) return CheckObject(who, id, std::nullopt);
    const Result<std::string> text = objects_.Get(id);
    if (!text.ok()) return;
    if (!text->starts_with("{\"" + kind + "\":")) {
      Problem(who + "object " + id + " is no text of kind " + kind);
    } else {
      CheckCanonical(who, *text);
    }
  }

  Status CheckRecipeFiles(const std::string& who, const JsonPlace& recipe) {
    TRY_ASSIGN(const JsonPlace files, recipe.Member("files"));
    return files.EachElement([&](const JsonPlace& file) -> Status {
      TRY_ASSIGN(const std::string path, file.TextOf("path"));
      TRY_ASSIGN(const std::string sha256, file.Sha256Of("sha256"));
      CheckObject(who + "recipe file " + path + ": ", sha256, std::nullopt);
      return {};
    });
  }

  void CheckRefs() {
    for (const RefRow& ref : refs_) {
      const std::string who = ref.kind + " " + ref.dataset + "@" + ref.name + ": ";
      const auto commit = commits_.find(ref.commit);
      if (commit == commits_.end()) {
        Problem(who + "commit " + ref.commit + " is not in the catalog");
      } else if (commit->second != ref.dataset) {
        Problem(who + "commit " + ref.commit + " is of dataset " + commit->second);
      }
    }
  }

  // What is wrong with an object was told; here is told whose it is.
  void CheckModels() {
    for (const ModelRow& row : models_) {
      const std::string who = "model " + row.name + "@v" + std::to_string(row.number) + ": ";
      if (damaged_.contains(row.id)) Problem(who + "its text is damaged: object " + row.id);
      if (damaged_.contains(row.id) || !sizes_.contains(row.id)) continue;
      const Result<std::string> text = objects_.Get(row.id);
      if (!text.ok()) continue;
      CheckCanonical(who, *text);
      const auto json = ParseJson(*text);
      if (json.ok()) Note(who, CheckModelFile(who, row, JsonPlace(*json)));
    }
  }

  Status CheckModelFile(const std::string& who, const ModelRow& row, const JsonPlace& text) {
    TRY_ASSIGN(const JsonPlace body, text.Member("assay.model/1"));
    TRY_ASSIGN(const std::string commit, body.Sha256Of("commit"));
    if (commit != row.commit) Problem(who + "the catalog tells another commit than its text");
    TRY_ASSIGN(const JsonPlace file, body.Member("file"));
    TRY_ASSIGN(const std::string sha256, file.Sha256Of("sha256"));
    TRY_ASSIGN(const std::uint64_t bytes, file.CountOf("bytes"));
    CheckObject(who + "its file: ", sha256, bytes);
    if (damaged_.contains(sha256)) Problem(who + "its file is damaged: object " + sha256);
    return {};
  }

  void CheckNeeded() {
    for (const NeededObject& object : needed_) {
      if (told_missing_.contains(object.sha256)) continue;
      CheckObject(object.by + ": ", object.sha256, object.bytes);
    }
  }

  Catalog& catalog_;
  const ObjectStore& objects_;
  VerifyReport report_;
  std::vector<CommitRow> commit_rows_;
  std::vector<RefRow> refs_;
  std::vector<NeededObject> needed_;
  std::vector<ModelRow> models_;
  std::map<std::string, std::uint64_t> sizes_;
  std::map<std::string, std::string> commits_;  // id -> dataset
  std::set<std::string> told_missing_, damaged_;
};

}  // namespace

Result<VerifyReport> Verify(Catalog& catalog, const ObjectStore& objects) {
  return Verifier(catalog, objects).Run();
}

}  // namespace assay::store
