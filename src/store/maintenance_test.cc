#include "store/maintenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <thread>

#include "base/hash.h"
#include "store/commit.h"
#include "store/test_folder.h"

namespace assay::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::int64_t kHour = 3600;

// A store with commits of one dataset. The clock stands a day ahead, so that files made by the test
// are old enough for gc.
class Maintenance : public testing::Test {
 protected:
  Maintenance()
      : clock_((std::time(nullptr) + 24 * kHour) * 1'000'000),
        objects_(root_.path()),
        catalog_(Catalog::Open(root_.path(), true, clock_).value()) {
    EXPECT_TRUE(objects_.Create().ok());
  }

  FileRef File(const std::string& bytes, std::uint64_t rows) {
    FileRef file;
    file.sha256 = objects_.Put(bytes).value();
    file.bytes = bytes.size();
    file.rows = rows;
    return file;
  }

  // A sound commit whose one split holds the files.
  Commit MakeCommit(const std::vector<FileRef>& files, const std::vector<std::string>& parents) {
    Commit commit;
    commit.dataset = "flights";
    commit.parents = parents;
    commit.schema = {Field{"n", Type{TypeKind::kInt64, 0, 0, {}}}};
    SplitTable split{"all", Sha256Hex(files[0].sha256), "", 0, {Partition{{}, 0, files}}};
    for (const FileRef& file : files) split.rows += file.rows;
    split.partitions[0].rows = split.rows;
    commit.tables = {split};
    const FileRef receipt = File("source of " + files[0].sha256, 0);
    commit.sources = {
        CommitSource{"raw",
                     "csv",
                     "",
                     {Receipt{"raw.csv", receipt.sha256, receipt.bytes, "2026-01-01T00:00:00Z"}}}};
    commit.recipe["files"] =
        Json::array({Json{{"path", "assay.yaml"}, {"sha256", File("format: 1\n", 0).sha256}}});
    commit.profile =
        objects_.Put(HashedText("assay.profile/1", Json{{"rows", split.rows}}).value()).value();
    commit.run = "run-1";
    commit.created_at = "2026-01-01T00:00:00Z";
    return commit;
  }

  // Stores a commit's text as it is and records it.
  std::string Record(const Commit& commit, const std::string& text) {
    const std::string id = objects_.Put(text).value();
    EXPECT_TRUE(
        catalog_.PutCommit({id, commit.dataset, commit.version, commit.run, commit.created_at})
            .ok());
    return id;
  }
  std::string Record(Commit commit) {
    commit.version = VersionId(commit).value();
    return Record(commit, CommitText(commit).value());
  }
  // The same after a change to its JSON.
  template <typename Change>
  std::string RecordChanged(Commit commit, Change change) {
    commit.version = VersionId(commit).value();
    Json json = ParseJson(CommitText(commit).value()).value();
    change(json["assay.commit/1"]);
    return Record(commit, CanonicalJson(json).value());
  }
  void Point(const std::string& name, const std::string& commit) {
    const Status moved = catalog_.MoveRef({"flights", "branch", name, commit}, std::nullopt);
    ASSERT_TRUE(moved.ok()) << moved.error().message;
  }
  std::vector<std::string> Problems() { return Verify(catalog_, objects_).value().problems; }
  GcReport Collect(std::int64_t grace = kHour, bool dry_run = false) {
    auto report = CollectGarbage(catalog_, objects_, clock_, grace, dry_run);
    EXPECT_TRUE(report.ok()) << report.error().message;
    return report.ok() ? *report : GcReport();
  }
  void Damage(const std::string& sha256) {
    std::string bytes = ReadBytes(objects_.PathOf(sha256));
    bytes[0] ^= 1;
    root_.Write(fs::relative(objects_.PathOf(sha256), root_.path()), bytes);
  }

  TestFolder root_;
  FakeClock clock_;
  ObjectStore objects_;
  Catalog catalog_;
};

TEST_F(Maintenance, ASoundStoreHasNoProblems) {
  const std::string first = Record(MakeCommit({File("abc", 3), File("de", 2)}, {}));
  Point("main", Record(MakeCommit({File("fgh", 3)}, {first})));
  ASSERT_TRUE(catalog_.PutObject(File("abc", 3)).ok());
  const VerifyReport report = Verify(catalog_, objects_).value();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.commits, 2U);
  EXPECT_EQ(report.objects, 3U + 2U + 1U + 2U + 2U);  // files, receipts, recipe, profiles, commits
  EXPECT_GT(report.bytes, 1000U);
}

TEST_F(Maintenance, AnEmptyStoreHasNoProblems) { EXPECT_THAT(Problems(), IsEmpty()); }

TEST_F(Maintenance, VerifyFindsNothingWrongWhileARunCommits) {
  // Large enough that objects appear while this one is hashed.
  File(std::string(8'000'000, 'x'), 0);
  std::string head = Record(MakeCommit({File("abc", 3)}, {}));
  Point("main", head);
  std::atomic<bool> stop{false}, written{true};
  std::atomic<int> commits{0};
  std::thread writer([&] {
    // Writes as a run does, objects first, over a connection of its own.
    FakeClock clock(0);
    Catalog catalog = Catalog::Open(root_.path(), false, clock).value();
    for (int i = 0; !stop; ++i) {
      const FileRef file = File("rows of " + std::to_string(i), 1);
      Commit commit = MakeCommit({file}, {head});
      commit.version = VersionId(commit).value();
      const std::string id = objects_.Put(CommitText(commit).value()).value();
      Catalog::Transaction transaction(catalog);
      written =
          written && transaction.Begin().ok() && catalog.PutObject(file).ok() &&
          catalog.PutCommit({id, "flights", commit.version, commit.run, commit.created_at}).ok() &&
          catalog.MoveRef({"flights", "branch", "main", id}, head).ok() &&
          transaction.Commit().ok();
      head = id;
      ++commits;
    }
  });
  // Until enough of them fell into one of the looks, however slow the disk is.
  while (written && commits < 10) EXPECT_THAT(Problems(), IsEmpty());
  stop = true;
  writer.join();
  EXPECT_TRUE(written);
}

TEST_F(Maintenance, VerifyGoesOnAfterEachDamage) {
  const FileRef file = File("abc", 3), lost = File("de", 2);
  const Commit commit = MakeCommit({file, lost}, {});
  Point("main", Record(commit));
  Damage(file.sha256);
  Damage(commit.profile);
  ASSERT_TRUE(objects_.Remove(lost.sha256).ok());
  EXPECT_THAT(Problems(),
              UnorderedElementsAre(HasSubstr("object " + file.sha256 + " is damaged"),
                                   HasSubstr("object " + commit.profile + " is damaged"),
                                   HasSubstr("split all: object " + lost.sha256 + " is missing")));
}

TEST_F(Maintenance, VerifyTellsACommitWhoseTextIsDamagedOrGone) {
  const std::string first = Record(MakeCommit({File("abc", 3)}, {}));
  const std::string second = Record(MakeCommit({File("def", 3)}, {first}));
  Damage(first);
  ASSERT_TRUE(objects_.Remove(second).ok());
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("object " + first + " is damaged"),
                                      "commit " + second + ": object " + second + " is missing"));
}

TEST_F(Maintenance, VerifyChecksWhatACommitSays) {
  const Commit sound = MakeCommit({File("abc", 3)}, {});
  const std::string other(64, '7');
  struct Case {
    std::function<void(Json&)> change;
    std::string problem;
  };
  const Case cases[] = {
      {[](Json& c) { c["tables"]["all"]["digest"] = std::string(64, '1'); }, "its splits make"},
      {[](Json& c) { c["tables"]["all"]["rows"] = 4; },
       "split all: has 4 rows, its partitions add up to another number"},
      {[](Json& c) { c["tables"]["all"]["partitions"][0]["files"][0]["rows"] = 4; },
       "partition 0 has 3 rows, its files add up to another number"},
      {[](Json& c) { c["tables"]["all"]["partitions"][0]["files"][0]["bytes"] = 4; },
       "has 3 bytes, not 4"},
      {[&](Json& c) { c["tables"]["all"]["partitions"][0]["files"][0]["sha256"] = other; },
       "split all: object " + other + " is missing"},
      {[&](Json& c) { c["parents"] = {other}; }, "parent " + other + " is not in the catalog"},
      {[&](Json& c) { c["profile"] = other; }, "profile: object " + other + " is missing"},
      {[&](Json& c) { c["profile"] = c["recipe"]["files"][0]["sha256"]; },
       "is no text of kind assay.profile/1"},
      {[](Json& c) { c.erase("profile"); }, "names no profile"},
      {[&](Json& c) { c["recipe"]["files"][0]["sha256"] = other; },
       "recipe file assay.yaml: object " + other + " is missing"},
      {[](Json& c) { c["recipe"]["files"][0]["sha256"] = "x"; },
       "/recipe/files/0/sha256 is no sha256"},
      {[](Json& c) { c["recipe"]["files"] = Json::object(); }, "/recipe/files is no list"},
      {[&](Json& c) { c["sources"][0]["receipts"][0]["sha256"] = other; },
       "receipt of raw: object " + other + " is missing"},
      {[](Json& c) { c["dataset"] = "other"; }, "the catalog tells another dataset"},
      {[](Json& c) { c["created_at"] = "2027-01-01T00:00:00Z"; },
       "the catalog tells another dataset, version, run or time"},
      {[](Json& c) { c["schema"] = 1; }, "/schema: unknown type"},
  };
  for (const Case& one : cases) {
    const std::string id = RecordChanged(sound, one.change);
    EXPECT_THAT(Problems(), ElementsAre(HasSubstr(one.problem))) << one.problem;
    ASSERT_TRUE(catalog_.Forget({{id}, {}, {}}).ok());
  }
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(Maintenance, VerifyWantsTheCanonicalText) {
  Commit commit = MakeCommit({File("abc", 3)}, {});
  commit.version = VersionId(commit).value();
  const std::string text = CommitText(commit).value();
  for (const std::string& other :
       {text + "\n", ParseJson(text).value().dump(1), "\xef\xbb\xbf" + text}) {
    const std::string id = Record(commit, other);
    EXPECT_THAT(Problems(), ElementsAre("commit " + id + ": its text is not canonical JSON"));
    ASSERT_TRUE(catalog_.Forget({{id}, {}, {}}).ok());
  }
}

TEST_F(Maintenance, VerifyChecksRefsAndWhatTheCatalogNames) {
  const std::string a(64, 'a'), b(64, 'b'), c(64, 'c');
  Point("main", Record(MakeCommit({File("abc", 3)}, {})));
  ASSERT_TRUE(catalog_.MoveRef({"other", "tag", "x", catalog_.Commits("").value()[0].id}, {}).ok());
  ASSERT_TRUE(catalog_.PutObject({a, 1, 0, {}, {}}).ok());
  const FileRef small = File("small", 0);
  ASSERT_TRUE(catalog_.PutObject({small.sha256, 6, 0, {}, {}}).ok());
  const Json table{{"files", {{{"sha256", b}}}}};
  ASSERT_TRUE(catalog_.PutNodeResult({"f", "n", "", "file 0 " + c + "\n", table, "", ""}).ok());
  ASSERT_TRUE(catalog_.PutSeenFile({"p", 0, 0, 0, 0, c, 0}).ok());
  EXPECT_THAT(Problems(),
              ElementsAre(HasSubstr("tag other@x: commit"),
                          "the result of node n (f): object " + b + " is missing",
                          "the catalog's list: object " + a + " is missing",
                          "the catalog's list: object " + small.sha256 + " has 5 bytes, not 6"));
}

TEST_F(Maintenance, GcKeepsWhatRefsReachAndSweepsTheRest) {
  const std::string first = Record(MakeCommit({File("abc", 3)}, {}));
  const std::string head = Record(MakeCommit({File("def", 3)}, {first}));
  Point("main", head);
  const FileRef junk = File("junk", 0);
  ASSERT_TRUE(catalog_.PutObject(junk).ok());
  const FileRef lost_file = File("lost", 1);
  const Commit lost_commit = MakeCommit({lost_file}, {first});
  const std::string lost = Record(lost_commit);

  const GcReport dry = Collect(kHour, true);
  EXPECT_THAT(dry.swept,
              UnorderedElementsAre(junk.sha256, lost_file.sha256, lost, lost_commit.profile,
                                   lost_commit.sources[0].receipts[0].sha256));
  EXPECT_TRUE(objects_.Has(junk.sha256)) << "a dry run deletes nothing";
  EXPECT_EQ(catalog_.Commits("")->size(), 3U);

  const GcReport report = Collect();
  EXPECT_EQ(report.swept, dry.swept);
  EXPECT_EQ(report.swept_bytes, dry.swept_bytes);
  EXPECT_EQ(report.kept, 2U + 2U + 1U + 1U + 2U);  // files, receipts, recipe, profile, commits
  EXPECT_FALSE(objects_.Has(junk.sha256));
  EXPECT_EQ(catalog_.Commits("")->size(), 2U);
  EXPECT_THAT(Problems(), IsEmpty()) << "what is left is whole";
  EXPECT_THAT(Collect().swept, IsEmpty());
}

TEST_F(Maintenance, GcKeepsWhatTheCatalogNames) {
  const FileRef result = File("result", 1), refused = File("refused", 1);
  const Json table{{"files", {{{"sha256", result.sha256}}}}};
  ASSERT_TRUE(catalog_.PutNodeResult({"f", "n", "", "", table, "", ""}).ok());
  ASSERT_TRUE(
      catalog_
          .PutQuarantine({"g", "f", "", 1, Json{{"sha256", refused.sha256}}, Json::object(), ""})
          .ok());
  EXPECT_THAT(Collect().swept, IsEmpty());
}

// A result names an object that says what its input was made of, which names another one.
TEST_F(Maintenance, GcKeepsTheFilesThatRowsAreFollowedThrough) {
  const FileRef source = File("source", 1), middle = File("middle", 1), made = File("made", 1);
  const auto table = [&](const FileRef& file, const std::string& before) {
    Json json = FileJson(file);
    json["lineage"] = LineageJson({"row-local", "", {}, {{"input", "id", before, 0}}});
    return Json{{"files", {json}}};
  };
  const std::string first = File(Json{{"files", {FileJson(source)}}}.dump(), 0).sha256;
  const std::string second = File(table(middle, first).dump(), 0).sha256;
  const std::string lost(64, 'd');
  ASSERT_TRUE(
      catalog_
          .PutNodeResult(
              {.fingerprint = "f",
               .node = "n",
               .kind = "",
               .manifest = "",
               .result =
                   Json{{"outputs", {{"", table(made, second)}, {"refused", table(made, lost)}}}},
               .run = "",
               .created_at = ""})
          .ok());
  const FileRef unnamed = File("unnamed", 0);
  EXPECT_THAT(Collect().swept, ElementsAre(unnamed.sha256))
      << "what cannot be followed any more is no reason to keep everything";
}

TEST_F(Maintenance, GcForgetsOldResultsOfNodesAndKeepsTheirQuarantine) {
  const FileRef read = File("raw, first", 0), old = File("rows, first", 1),
                refused = File("refused, first", 1), both = File("of both", 1),
                now = File("rows, second", 1), seen = File("seen", 0);
  const auto table = [](const std::vector<FileRef>& files) {
    Json list = Json::array();
    for (const FileRef& file : files) list.push_back(Json{{"sha256", file.sha256}});
    return Json{{"outputs", {{"", {{"files", list}}}}}};
  };
  const std::string yesterday = UtcText(clock_.NowMicros() - 24 * kHour * 1'000'000);
  ASSERT_TRUE(catalog_
                  .PutNodeResult({"f1", "n", "", "file 0 " + read.sha256 + "\n", table({old, both}),
                                  "", yesterday})
                  .ok());
  ASSERT_TRUE(catalog_.PutNodeResult({"f2", "n", "", "", table({now, both}), "", yesterday}).ok());
  ASSERT_TRUE(
      catalog_
          .PutQuarantine({"n", "f1", "", 1, Json{{"sha256", refused.sha256}}, Json::object(), ""})
          .ok());
  ASSERT_TRUE(catalog_.PutSeenFile({"p", 0, 0, 0, 0, seen.sha256, 0}).ok());
  for (const FileRef& file : {read, old, refused, both, now, seen}) {
    ASSERT_TRUE(catalog_.PutObject(file).ok());
  }
  EXPECT_THAT(Collect(48 * kHour).swept, IsEmpty());
  EXPECT_EQ(Collect(48 * kHour).node_results, 0U);

  const GcReport dry = Collect(kHour, true);
  EXPECT_TRUE(catalog_.FindNodeResult("f1")->has_value()) << "a dry run forgets nothing";
  const GcReport report = Collect();
  EXPECT_THAT(report.swept, UnorderedElementsAre(read.sha256, old.sha256, seen.sha256));
  EXPECT_EQ(report.swept, dry.swept);
  EXPECT_EQ(report.node_results, 1U);
  EXPECT_EQ(report.node_results, dry.node_results);
  EXPECT_FALSE(catalog_.FindNodeResult("f1")->has_value());
  EXPECT_TRUE(catalog_.FindNodeResult("f2")->has_value());
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(Collect().swept, IsEmpty());
}

TEST_F(Maintenance, GcWithoutGraceTakesWhatWasJustMade) {
  clock_.Advance(-24 * kHour * 1'000'000);
  Commit commit = MakeCommit({File("abc", 3)}, {});
  clock_.Advance(2'000'000);
  commit.created_at = UtcText(clock_.NowMicros());
  Record(commit);
  EXPECT_EQ(Collect(0).swept.size(), 5U);
}

TEST_F(Maintenance, GcKeepsWhatIsYoung) {
  File("junk", 0);
  EXPECT_THAT(Collect(48 * kHour).swept, IsEmpty());
  EXPECT_EQ(Collect(kHour).swept.size(), 1U);
}

TEST_F(Maintenance, GcKeepsAYoungCommitWithFilesOfAnyAge) {
  Commit commit = MakeCommit({File("abc", 3)}, {});
  commit.created_at = UtcText(clock_.NowMicros());
  Record(commit);
  EXPECT_THAT(Collect().swept, IsEmpty());
  clock_.Advance(2 * kHour * 1'000'000);
  EXPECT_EQ(Collect().swept.size(), 5U);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(Maintenance, GcDeletesNothingWhenACommitCannotBeRead) {
  const std::string head = Record(MakeCommit({File("abc", 3)}, {}));
  Point("main", head);
  const FileRef junk = File("junk", 0);
  Damage(head);
  const auto report = CollectGarbage(catalog_, objects_, clock_, kHour, false);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kData);
  EXPECT_TRUE(objects_.Has(junk.sha256));
}

TEST_F(Maintenance, GcKeepsWhatMembersNameThatThisProgramDoesNotKnow) {
  const FileRef lineage = File("lineage", 0);
  Point("main", RecordChanged(MakeCommit({File("abc", 3)}, {}), [&](Json& commit) {
          commit["lineage"] = Json{{"files", {lineage.sha256}}};
        }));
  EXPECT_THAT(Collect().swept, IsEmpty());
}

}  // namespace
}  // namespace assay::store
